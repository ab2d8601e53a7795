# The views of the register map: made from registers.toml under ${PROJECT_BINARY_DIR}/generated.
#
# neurram::registers is what C and C++ code links: "models/core/registers.h" for the models,
# "neurram_registers.h" for the driver and for firmware.
include_guard(GLOBAL)

set(NEURRAM_REGISTER_MAP ${CMAKE_CURRENT_LIST_DIR}/registers.toml)
set(NEURRAM_REGISTER_GENERATOR ${PROJECT_SOURCE_DIR}/scripts/codegen/registers.py)
set(NEURRAM_GENERATED ${PROJECT_BINARY_DIR}/generated)
file(GLOB NEURRAM_REGISTER_WRITERS ${PROJECT_SOURCE_DIR}/scripts/codegen/*.py)

# One view: `format` as registers.py names it, `file` relative to the generated folder.
function(neurram_register_view format file)
  add_custom_command(
    OUTPUT ${NEURRAM_GENERATED}/${file}
    COMMAND ${Python3_EXECUTABLE} -B ${NEURRAM_REGISTER_GENERATOR} ${NEURRAM_REGISTER_MAP}
            --format ${format} --out ${NEURRAM_GENERATED}/${file}
    DEPENDS ${NEURRAM_REGISTER_MAP} ${NEURRAM_REGISTER_WRITERS}
    COMMENT "Register map: ${file}"
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY NEURRAM_REGISTER_VIEWS ${NEURRAM_GENERATED}/${file})
endfunction()

neurram_register_view(cpp models/core/registers.h)
neurram_register_view(c driver/neurram_registers.h)
neurram_register_view(sv rtl/neurram_registers_pkg.sv)
neurram_register_view(markdown registers.md)
neurram_register_view(svd neurram.svd)
neurram_register_view(rdl neurram.rdl)

get_property(views GLOBAL PROPERTY NEURRAM_REGISTER_VIEWS)
add_custom_target(neurram_register_views ALL DEPENDS ${views})

add_library(neurram_registers INTERFACE)
target_include_directories(neurram_registers INTERFACE
  $<BUILD_INTERFACE:${NEURRAM_GENERATED}> $<BUILD_INTERFACE:${NEURRAM_GENERATED}/driver>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/neurram>)
add_dependencies(neurram_registers neurram_register_views)
add_library(neurram::registers ALIAS neurram_registers)
