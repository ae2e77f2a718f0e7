# add_resnetc_library(<target> [MODEL] <net.rn>
#                     [WEIGHTS <file.rnw>] [WEIGHTS_MODE embed|file|none]
#                     [TARGETS <cpu> ...] [BATCH <n> ...] [TRAIN]
#                     [STATIC | SHARED | OBJECT] [OUTPUT_NAME <name>] [FLAGS <flag> ...])
#
# Compiles a network into a library that C and C++ targets link; the header is <name>.h, where <name> is OUTPUT_NAME or
# the stem of net.rn. In the manner of add_halide_library.
#
#   WEIGHTS       a weights file, or what a custom command makes; without it the application calls <name>_pack
#   WEIGHTS_MODE  embed: in the library (what the compiler does if told nothing); file: packed, beside the object, its
#                 path in the target's property RESNETC_WEIGHTS_FILE; none
#   TARGETS       CPU classes that the library holds kernels for: x86-64 x86-64-v3 x86-64-v4
#   BATCH         batch sizes to make kernels for
#   TRAIN         with a training step as the network's train section says: <name>_train_step and its kind
#   FLAGS         more arguments of `resnetc compile`
#
# A build system that reads depfiles (Ninja, Make) compiles again when an imported .rn file changes.
function(add_resnetc_library target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "STATIC;SHARED;OBJECT;TRAIN" "MODEL;WEIGHTS;WEIGHTS_MODE;OUTPUT_NAME"
    "TARGETS;BATCH;FLAGS")
  if(NOT ARG_MODEL)
    list(POP_FRONT ARG_UNPARSED_ARGUMENTS ARG_MODEL)
  endif()
  if(NOT ARG_MODEL)
    message(FATAL_ERROR "add_resnetc_library(${target}): which network? Name a .rn file")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_resnetc_library(${target}): unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET Resnetc::resnetc)
    message(FATAL_ERROR "add_resnetc_library(${target}): the compiler is not installed; set RESNETC_EXECUTABLE")
  endif()
  set(kind STATIC)
  foreach(other SHARED OBJECT)
    if(ARG_${other})
      set(kind ${other})
    endif()
  endforeach()

  get_filename_component(model "${ARG_MODEL}" ABSOLUTE)
  get_filename_component(name "${model}" NAME_WE)
  if(ARG_OUTPUT_NAME)
    set(name ${ARG_OUTPUT_NAME})
  endif()
  # A folder of its own: two libraries may have headers of one name.
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.resnetc)
  file(MAKE_DIRECTORY ${folder})
  set(object ${folder}/${name}.o)
  set(outputs ${object} ${folder}/${name}.h)

  set(arguments)
  set(inputs ${model})
  if(ARG_WEIGHTS)
    # A file of the source tree, else one that is made in the build tree.
    get_filename_component(weights "${ARG_WEIGHTS}" ABSOLUTE)
    if(NOT EXISTS "${weights}")
      get_filename_component(weights "${ARG_WEIGHTS}" ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
    endif()
    list(APPEND arguments --weights=${weights})
    list(APPEND inputs ${weights})
  endif()
  if(ARG_WEIGHTS_MODE)
    list(APPEND arguments --weights-mode=${ARG_WEIGHTS_MODE})
    if(ARG_WEIGHTS_MODE STREQUAL file)
      list(APPEND outputs ${folder}/${name}.rnw)
    endif()
  endif()
  if(ARG_TARGETS)
    list(JOIN ARG_TARGETS "," targets)
    list(APPEND arguments --targets=${targets})
  endif()
  if(ARG_BATCH)
    list(JOIN ARG_BATCH "," batches)
    list(APPEND arguments --batch=${batches})
  endif()
  if(ARG_TRAIN)
    list(APPEND arguments --train)
  endif()

  set(depfile)
  if(CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    list(APPEND arguments -MD -MF ${object}.d)
    set(depfile DEPFILE ${object}.d)
  endif()
  add_custom_command(OUTPUT ${outputs}
    COMMAND Resnetc::resnetc compile ${model} ${arguments} ${ARG_FLAGS} -o ${object}
    DEPENDS ${inputs} Resnetc::resnetc
    ${depfile}
    COMMENT "resnetc ${name}"
    VERBATIM)

  if(kind STREQUAL OBJECT)
    # CMake's object libraries do not hand on objects that CMake has not compiled.
    add_custom_target(${target}_object DEPENDS ${outputs})
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_object)
    target_link_libraries(${target} INTERFACE ${object} Resnetc::resnetc_rt m)
  else()
    add_library(${target} ${kind} ${outputs})
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
    target_link_libraries(${target} PUBLIC Resnetc::resnetc_rt m)
  endif()
  if(ARG_WEIGHTS_MODE STREQUAL file)
    set_target_properties(${target} PROPERTIES RESNETC_WEIGHTS_FILE ${folder}/${name}.rnw)
  endif()
  target_include_directories(${target} INTERFACE ${folder})
endfunction()
