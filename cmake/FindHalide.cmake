# Halide as PyPI's wheel ships it: headers and libHalide.so below site-packages/halide.
# Halide's own CMake package wants CMake 3.28, Debian 12 has 3.25; two imported paths are all that is needed.
file(GLOB _halide_wheels ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/halide)
set(Halide_WHEEL "${_halide_wheels}" CACHE PATH "The folder of PyPI's halide package")
find_path(Halide_INCLUDE_DIR Halide.h HINTS ${Halide_WHEEL}/include NO_DEFAULT_PATH)
find_library(Halide_LIBRARY Halide HINTS ${Halide_WHEEL}/lib64 ${Halide_WHEEL}/lib NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Halide REQUIRED_VARS Halide_LIBRARY Halide_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run scripts/setup first: it installs PyPI's halide into .venv")
if(Halide_FOUND AND NOT TARGET Halide::Halide)
  add_library(Halide::Halide SHARED IMPORTED)
  set_target_properties(Halide::Halide PROPERTIES
    IMPORTED_LOCATION ${Halide_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${Halide_INCLUDE_DIR})
endif()
