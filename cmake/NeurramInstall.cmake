# What `cmake --install` puts where, and the package that other projects find:
#
#   bin/neurram                the tool
#   lib/libneurram_*.a         one library per folder of models/, targets NeuRRAM::chip, NeuRRAM::driver, ...
#   lib/cmake/NeuRRAM          find_package(NeuRRAM)
#   lib/pkgconfig              neurram-chip.pc (chip and driver), neurram.pc (and all that runs networks)
#   include/neurram            public headers, included as "models/chip/chip.h"; the driver's in C
#   share/neurram              apps, chip files, examples; registers as SystemVerilog, SVD, SystemRDL
#
# Nothing in it names the source or build tree, and it may be moved as a whole.
include(CMakePackageConfigHelpers)

set(include_dir ${CMAKE_INSTALL_INCLUDEDIR}/neurram)
set(data_dir ${CMAKE_INSTALL_DATADIR}/neurram)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/NeuRRAM)
set(generated ${PROJECT_BINARY_DIR}/generated)

set(libraries base config device array neuron ledger registers operation blocks core supply chip driver mapper runtime
              session build)
foreach(library ${libraries})
  set_target_properties(neurram_${library} PROPERTIES EXPORT_NAME ${library})
endforeach()
# Any other standard does not link with libsystemc; this one at least.
target_compile_features(neurram_base PUBLIC cxx_std_17)
list(TRANSFORM libraries PREPEND neurram_)
install(TARGETS ${libraries} EXPORT NeuRRAMTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS neurram RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Public headers: these and all that they include.
set(public_headers
  models/chip/chip.h
  models/config/config.h
  models/core/block_registry.h
  models/core/cost_extension.h
  models/core/registers.h
  models/device/registry.h
  models/ledger/operation_waves.h
  models/ledger/sqlite_store.h
  models/ledger/vcd_writer.h
  models/session/compile.h
  models/session/config.h
  models/session/crossbar_file.h
  models/session/idx.h
  models/session/npz.h
  models/session/programming.h
  models/session/run_folder.h
  models/session/session.h
  models/session/shards.h
  models/session/summary.h)
install(CODE "
  set(roots \"${PROJECT_SOURCE_DIR};${generated}\")
  set(headers \"${public_headers}\")
  set(destination \"${include_dir}\")")
install(SCRIPT ${CMAKE_CURRENT_LIST_DIR}/InstallHeaders.cmake)
install(FILES ${PROJECT_SOURCE_DIR}/models/driver/neurram_driver.h
              ${PROJECT_SOURCE_DIR}/models/driver/neurram_bus_mmio.h
              ${generated}/driver/neurram_registers.h
        DESTINATION ${include_dir})

# What session::home() and the tool look for.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tb/apps ${PROJECT_SOURCE_DIR}/tb/examples DESTINATION ${data_dir}/tb
        PATTERN __pycache__ EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/models/chip/neurram.toml ${PROJECT_SOURCE_DIR}/models/chip/neurram-deployed.toml
        DESTINATION ${data_dir}/models/chip)
install(FILES ${generated}/neurram.svd ${generated}/neurram.rdl ${generated}/registers.md
              ${generated}/rtl/neurram_registers_pkg.sv
        DESTINATION ${data_dir}/registers)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${data_dir})

# The CMake package.
set(neurram_data_dir ${data_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/NeuRRAMConfig.cmake.in
  ${PROJECT_BINARY_DIR}/NeuRRAMConfig.cmake INSTALL_DESTINATION ${package_dir} PATH_VARS neurram_data_dir)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/NeuRRAMConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT NeuRRAMTargets NAMESPACE NeuRRAM:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/NeuRRAMConfig.cmake ${PROJECT_BINARY_DIR}/NeuRRAMConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindOnnxProto.cmake
        DESTINATION ${package_dir})

# pkg-config; its prefix is relative to the file, as the package's is.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
set(pc_flags "")
if(NEURRAM_SANITIZE)
  set(pc_flags "-fsanitize=address,undefined")
endif()
foreach(file neurram neurram-chip)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
