"""Tests of ehrkit.wearables."""
