// The published retry times, as data; retry_schedule.h gives them a meaning.
#pragma once

#include <array>
#include <cstdint>

#include "sim/time.h"

namespace mailrift::retry_tables {

/// As printed, minutes and seconds after the first try.
constexpr sim::Duration at(std::int64_t minutes, std::int64_t seconds) { return sim::kMinute * minutes + sim::kSecond * seconds; }

// Pagani et al., DSN 2016: a receiver that defers for 6 h, and the tries of webmail senders that it saw.
inline constexpr std::array kGmail{at(6, 2), at(29, 2), at(56, 36), at(98, 44), at(162, 3), at(229, 44), at(309, 5), at(434, 46)};
inline constexpr std::array kYahoo{at(2, 7), at(5, 39), at(12, 58), at(27, 16), at(55, 13), at(109, 35), at(216, 47), at(430, 36)};
inline constexpr std::array kHotmail{at(1, 1), at(2, 3), at(3, 4), at(5, 6), at(8, 7), at(12, 8), at(16, 10)};
inline constexpr std::array kQq{at(5, 5),   at(5, 11),  at(5, 17),  at(6, 19),   at(8, 22),  at(12, 25),
                                at(20, 29), at(52, 31), at(84, 35), at(144, 42), at(204, 56)};
inline constexpr std::array kMailRu{at(1, 18),   at(19, 15),  at(49, 14), at(79, 49),  at(113, 20), at(154, 18),
                                    at(187, 53), at(235, 20), at(271, 3), at(305, 50), at(340, 38), at(373, 45)};
inline constexpr std::array kYandex{at(1, 5), at(2, 58), at(6, 53), at(14, 55), at(30, 28), at(45, 41), at(61, 1)};
inline constexpr std::array kMailCom{at(5, 2),   at(12, 37),  at(23, 59),  at(41, 3),  at(66, 38),
                                     at(105, 1), at(162, 35), at(248, 56), at(378, 28)};
inline constexpr std::array kGmx{at(5, 1),    at(12, 33),  at(23, 50), at(40, 46), at(66, 9),
                                 at(104, 14), at(161, 22), at(247, 4), at(375, 36)};
inline constexpr std::array kAol{at(5, 32), at(11, 32), at(21, 32), at(31, 32)};
inline constexpr std::array kIndiaCom{at(6, 21),   at(16, 21),  at(36, 21),  at(76, 21), at(146, 22),
                                      at(216, 21), at(286, 21), at(356, 21), at(426, 21)};

// Where the paper says "then every": the last try that it saw, and how many came after the last listed one (tries less listed ones).
inline constexpr sim::Duration kHotmailLast = at(362, 11);
inline constexpr std::int64_t kHotmailLeft = 93 - 7;
inline constexpr sim::Duration kYandexLast = at(369, 21);
inline constexpr std::int64_t kYandexLeft = 27 - 7;

// Exim's rule F,2h,15m; G,16h,1h,1.5; F,4d,6h: its clock has whole seconds, so 1 h x 1.5^5 is 27,337 s.
inline constexpr std::array kExim{at(15, 0),  at(30, 0),  at(45, 0),  at(60, 0),  at(75, 0),   at(90, 0),   at(105, 0),
                                  at(120, 0), at(180, 0), at(270, 0), at(405, 0), at(607, 30), at(911, 15), at(1366, 52)};

inline constexpr std::array kExchangeOnline{at(30, 0)};

/// The interval between the last two of a table.
template <std::size_t N>
constexpr sim::Duration last_interval(const std::array<sim::Duration, N>& table) {
    static_assert(N >= 2);
    return table[N - 1] - table[N - 2];
}

}  // namespace mailrift::retry_tables
