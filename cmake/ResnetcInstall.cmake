# What `cmake --install` puts where: the commands, the runtime with its headers, the networks that come with the
# compiler, the CMake package and pkg-config's file. An application needs the runtime alone (component Runtime).
include(CMakePackageConfigHelpers)

foreach(command resnetc resnetc-kernel rn-opt)
  if(TARGET ${command})
    # LLVM is found where the build found it, Halide beside the commands: its wheel lies in the source tree.
    set_target_properties(${command} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON
      INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/resnetc")
    install(TARGETS ${command} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT Compiler)
  endif()
endforeach()
install(PROGRAMS ${Halide_LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR}/resnetc COMPONENT Compiler)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/dsl/std DESTINATION ${CMAKE_INSTALL_DATADIR}/resnetc COMPONENT Compiler
  FILES_MATCHING PATTERN "*.rn")

install(TARGETS resnetc_rt EXPORT ResnetcTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Runtime
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET resnetc_rt_shared)
  install(TARGETS resnetc_rt_shared EXPORT ResnetcTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    COMPONENT Runtime INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/runtime/abi/resnetc/abi.h ${PROJECT_SOURCE_DIR}/runtime/abi/resnetc/runtime.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/resnetc COMPONENT Runtime)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Resnetc)
install(EXPORT ResnetcTargets NAMESPACE Resnetc:: DESTINATION ${package_folder} COMPONENT Runtime)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ResnetcConfig.cmake.in
  ${PROJECT_BINARY_DIR}/package/ResnetcConfig.cmake INSTALL_DESTINATION ${package_folder}
  PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/ResnetcConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/ResnetcConfig.cmake
  ${PROJECT_BINARY_DIR}/package/ResnetcConfigVersion.cmake ${PROJECT_SOURCE_DIR}/cmake/AddResnetcLibrary.cmake
  DESTINATION ${package_folder} COMPONENT Runtime)

configure_file(${PROJECT_SOURCE_DIR}/cmake/resnetc.pc.in ${PROJECT_BINARY_DIR}/package/resnetc.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/resnetc.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT Runtime)
