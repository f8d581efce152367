"""Templates for what compilers and linkers of C and C++ say, where they offer no fix-it of their own."""
