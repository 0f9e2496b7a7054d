"""Table streams in and out: recognise, read and write the formats that commands exchange."""
