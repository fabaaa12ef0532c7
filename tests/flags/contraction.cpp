// Compiled for a machine with fused multiply-add, so that a missing -ffp-contract=off shows. Includes nothing, to share no code.

double product_plus(double a, double b, double c) { return a * b + c; }
