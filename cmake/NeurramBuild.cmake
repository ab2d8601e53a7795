# Compiler settings and the packages that every folder shares.
#
# Results must not depend on the machine (same seed, same bits), so contraction of a*b+c is off and
# fused operations are written as such; -fno-math-errno and -fno-trapping-math only allow plain
# loops to be vectorised and change no value.
set(CMAKE_CXX_STANDARD 17)  # Debian's libsystemc is built as C++17: another standard does not link
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

include(GNUInstallDirs)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
option(NEURRAM_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(neurram_build INTERFACE)
target_compile_options(neurram_build INTERFACE
  # Highway needs the middle two for its AVX2 target; the last keeps our folder out of messages.
  "$<BUILD_INTERFACE:-march=x86-64-v3;-maes;-mpclmul;-fno-math-errno;-fno-trapping-math;-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=>"
  # Users of the installed package, too: the linker may keep their copy of a header's inline function.
  -ffp-contract=off)
if(NEURRAM_SANITIZE)
  target_compile_options(neurram_build INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                         -fno-omit-frame-pointer)
  target_link_options(neurram_build INTERFACE -fsanitize=address,undefined)
endif()

add_library(neurram_warnings INTERFACE)
target_compile_options(neurram_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror)

find_package(PkgConfig REQUIRED)
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc tlm)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)

# Headers are included as "models/folder/name.h", here and in the installed package.
set(NEURRAM_INCLUDE_DIRS
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/neurram>)

# neurram_add_library(<folder> SOURCES ... DEPENDS ...): one library neurram::<folder> per folder
# of models/. DEPENDS is the folder's row in the table of models/README.md.
function(neurram_add_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  set(target neurram_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC ${NEURRAM_INCLUDE_DIRS})
    target_link_libraries(${target} PUBLIC neurram_build ${arg_DEPENDS}
                          PRIVATE $<BUILD_INTERFACE:neurram_warnings> ${arg_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${NEURRAM_INCLUDE_DIRS})
    target_link_libraries(${target} INTERFACE neurram_build ${arg_DEPENDS})
  endif()
  add_library(neurram::${name} ALIAS ${target})
endfunction()
