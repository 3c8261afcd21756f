# cmake -P run.cmake: installs the build into an empty prefix, and there builds and runs a program
# that knows nothing of this project but the prefix.
#   -D BUILD=…    the project's build folder     -D SCRATCH=…  a folder to work in
#   -D SOURCE=…   the program's folder           -D COMPILER=… -D FLAGS=… -D GENERATOR=…
file(REMOVE_RECURSE ${SCRATCH})
set(prefix ${SCRATCH}/prefix)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${SOURCE} -B ${SCRATCH}/build
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
if(EXISTS ${prefix}/bin/keras)
  run(${prefix}/bin/keras --version)
endif()
