"""Reads a drawing: it is XML, and everything lies within its size."""
import sys
import xml.etree.ElementTree

root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
space = "{http://www.w3.org/2000/svg}"
assert root.tag == space + "svg"
width, height = float(root.get("width")), float(root.get("height"))
boxes = list(root.iter(space + "rect"))
assert len(boxes) >= 2
for box in boxes:
    x, y = float(box.get("x", 0)), float(box.get("y", 0))
    assert 0 <= x and x + float(box.get("width")) <= width and 0 <= y and y + float(box.get("height")) <= height, box.attrib
for text in root.iter(space + "text"):
    assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height and float(text.get("font-size")) >= 5
