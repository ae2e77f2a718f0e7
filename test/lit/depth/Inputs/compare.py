"""Compares the objects and workspaces of two networks: compare.py SHALLOW DEEP (stems of .o and .json)."""
import json
import os
import sys

shallow, deep = sys.argv[1:]
sizes = [os.path.getsize(stem + ".o") for stem in (shallow, deep)]
workspaces = [json.load(open(stem + ".json"))["workspace_bytes"] for stem in (shallow, deep)]
print("objects:", sizes, "workspaces:", workspaces)
print("object at most 1.2x:", "yes" if sizes[1] <= 1.2 * sizes[0] else "no")
print("workspace equal:", "yes" if workspaces[0] == workspaces[1] else "no")
