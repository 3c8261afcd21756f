// Pooling of one channels-last image; see vector_math-inl.h about being included by targets.

namespace keras::backend::cpu::KERAS_TARGET {
namespace {

/// The part of a window that lies on the input, along one axis.
struct Range {
  std::int64_t first, last;
};

KERAS_INLINE Range window_range(const PoolGeometry& pool, int axis, std::int64_t output) {
  const std::int64_t begin = output * pool.strides[axis] - pool.pad_low[axis];
  const std::int64_t end = begin + pool.window[axis];
  return {begin < 0 ? 0 : begin, end > pool.input[axis] ? pool.input[axis] : end};
}

/// Calls visit(index of the output row, three ranges) for every window.
template <typename Visit>
KERAS_INLINE void for_each_window(const PoolGeometry& pool, const Visit& visit) {
  std::int64_t index = 0;
  for (std::int64_t i = 0; i < pool.output[0]; ++i)
    for (std::int64_t j = 0; j < pool.output[1]; ++j)
      for (std::int64_t k = 0; k < pool.output[2]; ++k, ++index)
        visit(index, window_range(pool, 0, i), window_range(pool, 1, j), window_range(pool, 2, k));
}

/// Calls visit(index of the input row) for every element of a window, in row-major order.
template <typename Visit>
KERAS_INLINE void for_each_element(const PoolGeometry& pool, Range a, Range b, Range c,
                                   const Visit& visit) {
  for (std::int64_t i = a.first; i < a.last; ++i)
    for (std::int64_t j = b.first; j < b.last; ++j)
      for (std::int64_t k = c.first; k < c.last; ++k)
        visit((i * pool.input[1] + j) * pool.input[2] + k);
}

KERAS_INLINE float window_size(Range a, Range b, Range c) {
  return static_cast<float>((a.last - a.first) * (b.last - b.first) * (c.last - c.first));
}

/// The larger one; a NaN wins, as it does in Keras.
KERAS_INLINE float pooled_max(float x, float y) { return (x > y || x != x) ? x : y; }
KERAS_INLINE Vec pooled_max(Vec x, Vec y) { return ((x > y) | (x != x)) ? x : y; }
KERAS_INLINE bool is_maximum(float x, float maximum) { return x == maximum || x != x; }
KERAS_INLINE auto is_maximum(Vec x, Vec maximum) { return (x == maximum) | (x != x); }

/// Calls `work(value of the type to compute with, first channel)` for all channels.
template <typename Work>
KERAS_INLINE void for_each_channel(std::int64_t channels, const Work& work) {
  std::int64_t channel = 0;
  for (; channel + kLanes <= channels; channel += kLanes) work(Vec{}, channel);
  for (; channel < channels; ++channel) work(0.0f, channel);
}

/// `x` begins at the channels that are meant.
template <typename T>
KERAS_INLINE T window_maximum(const PoolGeometry& pool, Range a, Range b, Range c, const float* x,
                              T lanes) {
  T maximum = broadcast(lanes, -__builtin_inff());
  for_each_element(pool, a, b, c, [&](std::int64_t element) {
    T value;
    get(value, x + element * pool.channels);
    maximum = pooled_max(value, maximum);
  });
  return maximum;
}

void max_pool(const PoolGeometry& pool, const float* x, float* y) {
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    for_each_channel(pool.channels, [&](auto lanes, std::int64_t channel) {
      put(y + index * pool.channels + channel, window_maximum(pool, a, b, c, x + channel, lanes));
    });
  });
}

void average_pool(const PoolGeometry& pool, const float* x, float* y) {
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    const float size = window_size(a, b, c);
    for_each_channel(pool.channels, [&](auto sum, std::int64_t channel) {
      for_each_element(pool, a, b, c, [&](std::int64_t element) {
        decltype(sum) value;
        get(value, x + element * pool.channels + channel);
        sum += value;
      });
      put(y + index * pool.channels + channel, sum / size);
    });
  });
}

/// As many places of a window as numbers, and those that are kept of them.
using VecPlaces = std::int32_t __attribute__((vector_size(64)));
using VecChoices = std::uint8_t __attribute__((vector_size(16)));
KERAS_INLINE std::int32_t places_like(float) { return 0; }
KERAS_INLINE VecPlaces places_like(Vec) { return VecPlaces{}; }
KERAS_INLINE void get(std::int32_t& places, const std::uint8_t* from) { places = *from; }
KERAS_INLINE void get(VecPlaces& places, const std::uint8_t* from) {
  VecChoices choices;
  std::memcpy(&choices, from, sizeof choices);
  places = __builtin_convertvector(choices, VecPlaces);
}
KERAS_INLINE void put(std::uint8_t* to, std::int32_t places) {
  *to = static_cast<std::uint8_t>(places);
}
KERAS_INLINE void put(std::uint8_t* to, VecPlaces places) {
  const VecChoices choices = __builtin_convertvector(places, VecChoices);
  std::memcpy(to, &choices, sizeof choices);
}
/// True where x is the first of its kind: larger, or the first NaN.
KERAS_INLINE bool replaces(float x, float maximum) {
  return x > maximum || (x != x && maximum == maximum);
}
KERAS_INLINE auto replaces(Vec x, Vec maximum) {
  return (x > maximum) | ((x != x) & (maximum == maximum));
}

/// With the maxima which of its window's elements on the input each was, the first of equal ones.
void max_pool_choice(const PoolGeometry& pool, const float* x, float* y, std::uint8_t* choices) {
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    for_each_channel(pool.channels, [&](auto lanes, std::int64_t channel) {
      auto maximum = broadcast(lanes, -__builtin_inff());
      auto chosen = places_like(lanes);
      std::int32_t place = 0;
      for_each_element(pool, a, b, c, [&](std::int64_t element) {
        get(lanes, x + element * pool.channels + channel);
        const auto better = replaces(lanes, maximum);
        maximum = better ? lanes : maximum;
        chosen = better ? places_like(lanes) + place : chosen;
        ++place;
      });
      put(y + index * pool.channels + channel, maximum);
      put(choices + index * pool.channels + channel, chosen);
    });
  });
}

KERAS_INLINE void clear_input(const PoolGeometry& pool, float* dx) {
  const std::int64_t size = pool.input[0] * pool.input[1] * pool.input[2] * pool.channels;
  std::memset(dx, 0, static_cast<std::size_t>(size) * sizeof(float));
}

/// True where no input element lies in two windows.
KERAS_INLINE bool windows_tile(const PoolGeometry& pool) {
  for (int axis = 0; axis < 3; ++axis)
    if (pool.window[axis] > pool.strides[axis]) return false;
  return true;
}

/// True where every input element lies in a window.
KERAS_INLINE bool windows_cover(const PoolGeometry& pool) {
  for (int axis = 0; axis < 3; ++axis)
    if (pool.window[axis] < pool.strides[axis] ||
        pool.output[axis] * pool.strides[axis] - pool.pad_low[axis] < pool.input[axis])
      return false;
  return true;
}

/// The first maximum of the window takes all of dy. The others get nothing: 0 where this window is
/// the only one that they lie in.
template <bool kTiled, typename T>
KERAS_INLINE void give_to_maximum(const PoolGeometry& pool, Range a, Range b, Range c,
                                  const float* x, T dy, float* dx) {
  const T maximum = window_maximum(pool, a, b, c, x, dy);
  T rest = dy;
  for_each_element(pool, a, b, c, [&](std::int64_t element) {
    const T nothing = broadcast(dy, 0.0f);
    T value, before = nothing;
    get(value, x + element * pool.channels);
    float* target = dx + element * pool.channels;
    if constexpr (!kTiled) get(before, target);
    const auto hit = is_maximum(value, maximum);
    const T share = hit ? rest : nothing;
    if constexpr (kTiled) {
      put(target, share);
    } else {
      put(target, before + share);
    }
    rest = hit ? nothing : rest;
  });
}

template <bool kTiled>
KERAS_INLINE void max_pool_gradient_of(const PoolGeometry& pool, const float* x, const float* dy,
                                       float* dx) {
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    for_each_channel(pool.channels, [&](auto given, std::int64_t channel) {
      get(given, dy + index * pool.channels + channel);
      give_to_maximum<kTiled>(pool, a, b, c, x + channel, given, dx + channel);
    });
  });
}

void max_pool_gradient(const PoolGeometry& pool, const float* x, const float* dy, float* dx) {
  const bool tiled = windows_tile(pool);
  if (!tiled || !windows_cover(pool)) clear_input(pool, dx);
  if (tiled) {
    max_pool_gradient_of<true>(pool, x, dy, dx);
  } else {
    max_pool_gradient_of<false>(pool, x, dy, dx);
  }
}

/// Each window's dy goes to what was chosen. Windows do not overlap.
void max_pool_spread(const PoolGeometry& pool, const std::uint8_t* choices, const float* dy,
                     float* dx) {
  if (!windows_cover(pool)) clear_input(pool, dx);
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    for_each_channel(pool.channels, [&](auto given, std::int64_t channel) {
      const std::int64_t at = index * pool.channels + channel;
      auto chosen = places_like(given);
      get(given, dy + at);
      get(chosen, choices + at);
      std::int32_t place = 0;
      for_each_element(pool, a, b, c, [&](std::int64_t element) {
        put(dx + element * pool.channels + channel,
            chosen == places_like(given) + place ? given : broadcast(given, 0.0f));
        ++place;
      });
    });
  });
}

void average_pool_gradient(const PoolGeometry& pool, const float* dy, float* dx) {
  clear_input(pool, dx);
  for_each_window(pool, [&](std::int64_t index, Range a, Range b, Range c) {
    const float size = window_size(a, b, c);
    for_each_channel(pool.channels, [&](auto share, std::int64_t channel) {
      get(share, dy + index * pool.channels + channel);
      share /= size;
      for_each_element(pool, a, b, c, [&](std::int64_t element) {
        float* target = dx + element * pool.channels + channel;
        decltype(share) before;
        get(before, target);
        put(target, before + share);
      });
    });
  });
}

}  // namespace
}  // namespace keras::backend::cpu::KERAS_TARGET
