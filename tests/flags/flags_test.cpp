// The compiler flags that equal bits rest on, looked at from inside, in every configuration.
#include <cfloat>
#include <string>

#include <gtest/gtest.h>

double product_plus(double a, double b, double c);

namespace {

#ifdef NDEBUG
#error "expected assertions on: a run that breaks an invariant must stop"
#endif
#ifdef __FAST_MATH__
#error "expected no -ffast-math: it reorders sums"
#endif
#ifdef __FMA__
#error "expected baseline x86-64: no -march with fused multiply-add"
#endif
static_assert(FLT_EVAL_METHOD == 0, "doubles are rounded to doubles at each step");
#if defined(__x86_64__) && defined(__FINITE_MATH_ONLY__)
static_assert(__FINITE_MATH_ONLY__ == 0, "infinities and NaN are honoured");
#endif

TEST(Flags, ProductsAreRoundedBeforeTheyAreAdded) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("fma")) {
        GTEST_SKIP() << "this processor has no fused multiply-add";
    }
#endif
    // (1 + e)^2 = 1 + 2e + e^2, and e^2 = 2^-104 is lost when the product is rounded first.
    const double e = DBL_EPSILON;
    EXPECT_EQ(product_plus(1 + e, 1 + e, -(1 + 2 * e)), 0.0);
}

TEST(Flags, NoBuildPathIsCompiledIn) { EXPECT_EQ(std::string(__FILE__), "tests/flags/flags_test.cpp"); }

}  // namespace
