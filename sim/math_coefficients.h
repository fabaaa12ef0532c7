// Coefficients of the normal distribution function and its inverse; written by tests/sim/math_coefficients.py.
#pragma once

#include <array>

namespace sim {

// clang-format off

inline constexpr double kCdfMiddle = 0x1.0000000000000p+2;
inline constexpr double kCdfOffset = 0x1.9884533d43651p-1;
inline constexpr double kQuantileCentral = 0x1.8000000000000p-2;
inline constexpr double kQuantileNearMiddle = 0x1.5000000000000p+1;
inline constexpr double kQuantileNearScale = 0x1.999999999999ap+0;
inline constexpr double kQuantileFar = 0x1.a000000000000p+1;
inline constexpr double kQuantileFarMiddle = 0x1.4000000000000p+2;
inline constexpr double kQuantileFarScale = 0x1.0479dc5279dc5p+1;
inline constexpr double kQuantileFarShift = -0x1.22fd739afd73ap-1;

/// (x + offset)(1 - Phi(x))/phi(x) in powers of (x - middle)/(x + middle), x >= 0.
inline constexpr std::array kCdfTail{
    0x1.22ab98061c0a9p+0, -0x1.3fa25843cb253p-3, -0x1.c97a0ed81fcc4p-6, 0x1.ba72a2b56c16bp-4,
    -0x1.8aa10be55349ap-4, 0x1.938cc783544e7p-5, -0x1.a34eb74f11bf2p-7, -0x1.1085d844d7687p-10,
    0x1.e1799ded9f9ebp-10, -0x1.bfff7be4180acp-13, -0x1.ec43843919010p-13, 0x1.ab23fdf5ac041p-15,
    0x1.30d5af78264e3p-15, -0x1.12871d80fddeep-17, -0x1.ce478dd0d43cdp-18, 0x1.e6258f34e5850p-21,
    0x1.82216c6d606e8p-20, 0x1.4486eb746ff80p-25, -0x1.3918030bf5eaep-22, -0x1.1688f2218e749p-24,
    0x1.b27c80a82a614p-25, 0x1.93060aec729e7p-26, -0x1.b60e375fdab6fp-28, -0x1.54aa9c8dec3ffp-28,
    0x1.ce9a00546c07ap-32, 0x1.16ab2bcb293ccp-31,
};

/// x/q for Phi(x) = 1/2 + q in powers of 2 (q/central)^2 - 1.
inline constexpr std::array kQuantileCentre{
    0x1.5d035b66e70fep+1, 0x1.0eb631c37ef89p-2, 0x1.c840e1acde8e9p-5, 0x1.df71d8a6d3555p-7,
    0x1.17d914a574a14p-8, 0x1.5b687ca02c247p-10, 0x1.c103465f29f63p-12, 0x1.2a88d0069a66dp-13,
    0x1.95722ca1f833bp-15, 0x1.17d920bc408f8p-16, 0x1.875b5f8028e82p-18, 0x1.148d184b022ffp-19,
    0x1.8a3f1c91499b8p-21, 0x1.1b1bf5f02d590p-22, 0x1.99e4de95cbebap-24, 0x1.2a07aa4efcaabp-25,
    0x1.aa4ddea96e669p-27, 0x1.36d681c4af5cbp-28, 0x1.09d8662f5fc07p-29, 0x1.92223ab1fa980p-31,
    0x1.93ad95920f315p-34, 0x1.dcdb79248430ap-36, 0x1.585aad0fa9d20p-34, 0x1.0b8b86c947b82p-35,
};

/// x/s for 1 - Phi(x) = exp(-s^2/2) in powers of scale (s - middle).
inline constexpr std::array kQuantileNear{
    0x1.698cafec47357p-1, 0x1.c40792aa72558p-4, -0x1.0d5f8efe760abp-5, 0x1.26a85bb200919p-7,
    -0x1.34b777e466b52p-9, 0x1.3b70a61be9b7dp-11, -0x1.3d39001a3fe9ap-13, 0x1.3b9c3c3a89d04p-15,
    -0x1.37a22c9e70488p-17, 0x1.31ff684c3f96bp-19, -0x1.2b32c59b81d60p-21, 0x1.2396760f9e9cap-23,
    -0x1.1b629d9c4509ap-25, 0x1.12da502bf1073p-27, -0x1.0b01dad7c7d61p-29, 0x1.024c1f91e7ccfp-31,
    -0x1.da952c3f5ba3fp-34, 0x1.c72cc98c72cd9p-36, -0x1.367cdc23a060ap-37, 0x1.2f44e6cce9065p-39,
};

/// The same in powers of shift + scale (s - middle)/(s + middle).
inline constexpr std::array kQuantileTail{
    0x1.eb9b5f79c88c6p-1, 0x1.26d4bdcee568bp-4, -0x1.aeb8870de7c0bp-5, 0x1.9f81d25851914p-6,
    -0x1.74da2775f5119p-7, 0x1.3a51000af6809p-8, -0x1.04e3bf16b2e96p-9, 0x1.a531cd6d5554cp-11,
    -0x1.5426b062e74efp-12, 0x1.0d225347c090ep-13, -0x1.ae2ff09b71f57p-15, 0x1.4fd2404bf8313p-16,
    -0x1.0bf2f9b52f0b2p-17, 0x1.9c82cf31d3f24p-19, -0x1.4b405eae91dc8p-20, 0x1.f08a28bf23608p-22,
    -0x1.9fc27de69eb83p-23, 0x1.3e0d704b2ea7ep-24, -0x1.b046e235bd0f5p-26, 0x1.282434acdbbe1p-29,
    -0x1.920bb85733626p-27, 0x1.3e0b545251076p-27, 0x1.9145971811657p-28, -0x1.72122bdf06af3p-28,
    -0x1.3a41380b14f10p-28, 0x1.3a7ea88e124c5p-29, 0x1.d7ca44e3ff2c2p-30, -0x1.02d1424268fd8p-31,
    -0x1.81eb8254ed3b0p-32,
};

// clang-format on

}  // namespace sim
