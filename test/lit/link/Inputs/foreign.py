"""A Halide-generated library that has nothing to do with resnetc: foreign.py PREFIX"""
import sys

import halide as hl

x = hl.Var("x")
foreign = hl.Func("foreign")
foreign[x] = x * 3
foreign.parallel(x, 8)
foreign.compile_to_static_library(sys.argv[1], [], "foreign", hl.Target("x86-64-linux"))
