"""Descriptions of the table shapes that ehrkit knows: Clarity, OMOP, Millennium."""

from ehrkit.core.shapes.describe import Category, Column, Shape, Table, shape, shape_names

__all__ = ["Category", "Column", "Shape", "Table", "shape", "shape_names"]
