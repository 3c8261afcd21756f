# Sourced by test.sh with KERAS_TEST_OLD_KERAS=1: Pythons with older writers of files, under build/.
# They are large, hence not made otherwise.
make_old_keras() {  # make_old_keras MODULE PACKAGES…
  local module=$1 folder="$PWD/build/old-keras-$1"
  shift
  if ! [ -e "$folder/done" ]; then
    echo "test: installing $* into build/old-keras-$module, to compare with"
    rm -rf "$folder"
    if ! { python3 -m venv "$folder" && "$folder/bin/python" -m pip install --quiet \
      --disable-pip-version-check "$@"; }; then
      echo "test: $* could not be installed; the tests that compare with it skip" >&2
      rm -rf "$folder"
      return
    fi
    touch "$folder/done"
  fi
  export "KERAS_TEST_PYTHON_$module=$folder/bin/python"
}

make_old_keras tensorflow 'tensorflow-cpu==2.15.*'  # for Python 3.9 to 3.11
make_old_keras tf_keras tf-keras tensorflow-cpu
