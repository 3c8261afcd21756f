# Sourced by test.sh: a Python with real Keras under build/, for the tests that compare with it.
# Sets KERAS_TEST_PYTHON; leaves it unset, and says so, where the packages cannot be had.
make_real_keras() {
  local folder="$PWD/build/real-keras"
  local stamp="$folder/requirements.txt"
  if ! cmp -s scripts/real_keras.txt "$stamp"; then
    echo "test: installing real Keras into build/real-keras, to compare with"
    rm -rf "$folder"
    if ! { python3 -m venv "$folder" && "$folder/bin/python" -m pip install --quiet \
      --disable-pip-version-check --requirement scripts/real_keras.txt; }; then
      echo "test: real Keras could not be installed; the tests that compare with it skip" >&2
      rm -rf "$folder"
      return
    fi
    cp scripts/real_keras.txt "$stamp"
  fi
  export KERAS_TEST_PYTHON="$folder/bin/python"
}

export KERAS_BACKEND="${KERAS_BACKEND:-jax}"
if [ -z "${KERAS_TEST_PYTHON:-}" ]; then make_real_keras; fi
