// How often small honest senders are rejected by their ratio: the published table.
#pragma once

#include <cstdint>

namespace mailrift::testing {

/// A cell of the table of FACTS O7 and O7b, to its three digits: a sender of n messages a window, each judged bad with probability p, is rejected from
/// theta n bad ones on.
struct SmallSender {
    double theta;
    double p;
    std::uint64_t n;
    double probability;
};

inline constexpr SmallSender kSmallSenders[] = {
    {0.003, 0.0005, 10, .005},   {0.003, 0.0005, 30, .015},   {0.003, 0.0005, 100, .049},   {0.003, 0.0005, 300, .139},
    {0.003, 0.0005, 1000, .014}, {0.003, 0.0005, 3000, .000}, {0.003, 0.0005, 10000, .000}, {0.003, 0.001, 10, .010},
    {0.003, 0.001, 30, .030},    {0.003, 0.001, 100, .095},   {0.003, 0.001, 300, .259},    {0.003, 0.001, 1000, .080},
    {0.003, 0.001, 3000, .004},  {0.003, 0.001, 10000, .000}, {0.003, 0.002, 10, .020},     {0.003, 0.002, 30, .058},
    {0.003, 0.002, 100, .181},   {0.003, 0.002, 300, .452},   {0.003, 0.002, 1000, .323},   {0.003, 0.002, 3000, .153},
    {0.003, 0.002, 10000, .022}, {0.1, 0.02, 5, .096},        {0.1, 0.02, 10, .183},        {0.1, 0.02, 20, .060},
    {0.1, 0.02, 50, .003},       {0.1, 0.05, 5, .226},        {0.1, 0.05, 10, .401},        {0.1, 0.05, 20, .264},
    {0.1, 0.05, 50, .104},       {0.1, 0.05, 100, .028},
};

}  // namespace mailrift::testing
