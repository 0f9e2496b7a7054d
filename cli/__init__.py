"""The command line: Click groups that parse, make one library call, and write."""
