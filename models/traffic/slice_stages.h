// The stages of a slice of single messages, for whoever measures how long each takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace mailrift {

/// What a thread does in a slice of `message`, batch by batch.
enum class SliceStage : std::uint8_t {
    kKeys,     ///< keys of conversations, and their random numbers
    kSender,   ///< who writes
    kContact,  ///< to whom, and the class of the reader's seat
    kJudge,    ///< what the table of laws says of first tries; tallies
    kReply,    ///< which of the delivered messages are answered, and when; where answers wait
    kAnswers,  ///< answers that are due: who wrote them, to whom
    kAgain,    ///< tries of mail that waited
    kSlice,    ///< once a slice: how many conversations each block starts, sums over threads, spam
};
inline constexpr std::size_t kSliceStages = 8;
inline constexpr std::array<std::string_view, kSliceStages> kSliceStageNames{"keys",  "sender",  "contact", "judge",
                                                                             "reply", "answers", "again",   "slice"};

/// Called at the end of each stage of each batch, by one thread; no result depends on it.
using StageWatch = std::function<void(SliceStage ended)>;

}  // namespace mailrift
