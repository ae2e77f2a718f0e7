# How every target of the project is compiled: warnings, sanitizers, precompiled headers.

# resnetc_library(NAME SOURCES ... [LINK ...] [PCH header ...])
# A static library of the compiler. PCH names the header whose parsing dominates (MLIR or Halide).
function(resnetc_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PCH" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  resnetc_configure(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_PCH)
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()

if(RESNETC_SANITIZE)
  add_library(resnetc_sanitizer_options OBJECT ${PROJECT_SOURCE_DIR}/cmake/SanitizerOptions.c)
endif()

# resnetc_executable(NAME SOURCES ... [LINK ...])
function(resnetc_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PCH" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(RESNETC_SANITIZE)
    target_link_libraries(${name} PRIVATE resnetc_sanitizer_options)
  endif()
  resnetc_configure(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  if(ARG_PCH)
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# Includes are written from the repository's root: "dsl/Parser.h", "compiler/ir/rn/Rn.h".
# Foreign headers are system headers, so that our warnings speak of our code only.
function(resnetc_configure name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/runtime/abi ${PROJECT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Werror=return-type -Wno-unused-parameter)
  if(RESNETC_SANITIZE)
    target_compile_options(${name} PUBLIC -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize=vptr)
    target_link_options(${name} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()
