// Whether this build runs single messages fast enough for tests with very many of them.
#pragma once

namespace mailrift::testing {

#if defined(__has_feature)
#define MAILRIFT_CHECKED_MEMORY __has_feature(address_sanitizer)
#else
#define MAILRIFT_CHECKED_MEMORY 0
#endif
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_THREAD__) && !MAILRIFT_CHECKED_MEMORY
inline constexpr bool kFast = true;
#else
inline constexpr bool kFast = false;  // without optimisation, or with sanitizers: ten times slower, for the same bits
#endif

}  // namespace mailrift::testing
