/** replay.cpp: runs a fuzzer once with each file that is named, where there is no libFuzzer. */
#include <fstream>
#include <iterator>
#include <vector>

#include "input.hpp"

int main(int count, char **names) {
    for (int at = 1; at < count; at++) {
        std::ifstream file(names[at], std::ios::binary);
        const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
        weir::fuzz::require(file.is_open() && !bytes.empty(), names[at]);
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
    }
    return 0;
}
