# cmake -D BENCH=... -D RTL=... -D SOURCES="a.sv b.sv" -D VERILATOR=... -D FOLDER=... -P replay.cmake
#
# Dumps a short run of a bench, and replays it with a simulator that knows nothing of the bench.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}")
  endif()
endfunction()

run(${BENCH} --rounds 12 --dump dump.txt)
separate_arguments(sources UNIX_COMMAND "${SOURCES}")
list(TRANSFORM sources PREPEND ${RTL}/)
run(${VERILATOR} --binary --assert -Wno-fatal -Wno-lint -Wno-style --top replay ${sources} dump.txt.sv -o replay)
run(${FOLDER}/obj_dir/replay)
