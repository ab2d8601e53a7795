# The SystemVerilog blocks and those of users, made into C++ by Verilator.
#
#   NEURRAM_RTL             build them (on if Verilator is installed)
#   NEURRAM_RTL_COVERAGE    count lines and cover points as they run; scripts/rtl_coverage.sh uses it
find_package(verilator QUIET)
if(NOT verilator_FOUND)
  message(STATUS "Verilator is not installed: no core can run at the RTL level")
endif()
option(NEURRAM_RTL "Build the SystemVerilog blocks with Verilator" ${verilator_FOUND})
option(NEURRAM_RTL_COVERAGE "Count the lines and cover points of the SystemVerilog blocks" OFF)
if(NEURRAM_RTL AND NOT verilator_FOUND)
  message(FATAL_ERROR "NEURRAM_RTL is on, but Verilator is not installed (Debian: apt-get install verilator)")
endif()

set(NEURRAM_RTL_DIR ${PROJECT_SOURCE_DIR}/rtl)
set(NEURRAM_VERILATOR_ARGS -Wall --assert -O3 --x-assign fast --x-initial fast --unroll-count 256)
if(NEURRAM_RTL_COVERAGE)
  list(APPEND NEURRAM_VERILATOR_ARGS --coverage-line --coverage-user)
endif()

# Verilates `top` of the sources into `target`, as class V<prefix>.
function(neurram_verilate target prefix top)
  # Sanitizers would take minutes over its long functions, to look at code that is not ours.
  set(not_sanitized "")
  if(NEURRAM_SANITIZE)
    set(not_sanitized -fno-sanitize=all)
  endif()
  verilate(${target} PREFIX V${prefix} TOP_MODULE ${top} SOURCES ${ARGN} VERILATOR_ARGS ${NEURRAM_VERILATOR_ARGS}
           OPT_FAST ${not_sanitized} OPT_SLOW -O0 ${not_sanitized})
  # A failed assertion becomes an exception: rtl/wrappers/stop.cpp.
  target_compile_definitions(${target} PRIVATE VL_USER_STOP PUBLIC VM_COVERAGE=$<BOOL:${NEURRAM_RTL_COVERAGE}>)
  target_link_libraries(${target} PUBLIC neurram_build)
  # Assertions name their file; the build folder is nobody else's business.
  target_compile_options(${target} PRIVATE -fmacro-prefix-map=${PROJECT_BINARY_DIR}/=)
endfunction()

# neurram_add_rtl_block(NAME mine SLOT step_counter SOURCES mine.sv ... [TOP module] [UNGATED])
#
# Builds a user's SystemVerilog, with the ports of a slot (rtl/README.md), into a library mine.so that
# BlockRegistry::load() takes at run time. TOP is its module, NAME by default. UNGATED: clock it always,
# not only when its inputs ask for something.
function(neurram_add_rtl_block)
  cmake_parse_arguments(arg "UNGATED" "NAME;SLOT;TOP" "SOURCES" ${ARGN})
  if(NOT arg_NAME OR NOT arg_SLOT OR NOT arg_SOURCES)
    message(FATAL_ERROR "neurram_add_rtl_block needs NAME, SLOT and SOURCES")
  endif()
  if(NOT EXISTS ${NEURRAM_RTL_DIR}/wrappers/${arg_SLOT}.h)
    message(FATAL_ERROR "neurram_add_rtl_block: there is no slot ${arg_SLOT} (rtl/README.md lists them)")
  endif()
  if(NOT arg_TOP)
    set(arg_TOP ${arg_NAME})
  endif()
  set(NEURRAM_BLOCK_NAME ${arg_NAME})
  set(NEURRAM_BLOCK_SLOT ${arg_SLOT})
  set(NEURRAM_BLOCK_GATED true)
  if(arg_UNGATED)
    set(NEURRAM_BLOCK_GATED false)
  endif()
  set(entry ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_entry.cpp)
  configure_file(${NEURRAM_RTL_DIR}/wrappers/entry.cpp.in ${entry} @ONLY)

  add_library(${arg_NAME} MODULE ${entry} ${NEURRAM_RTL_DIR}/wrappers/stop.cpp)
  # Nothing of a block's may be taken for the program's own, or another block's.
  set_target_properties(${arg_NAME} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_options(${arg_NAME} PRIVATE -Wl,-Bsymbolic)
  target_include_directories(${arg_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  neurram_verilate(${arg_NAME} ${arg_NAME} ${arg_TOP} ${arg_SOURCES})
endfunction()
