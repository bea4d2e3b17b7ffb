#include "call_table.hpp"

namespace weir::node_engine {

namespace {

/** The requests of a context are at most 32,768. */
constexpr uint32_t index_bits = 16;
constexpr uint32_t index_mask = (1u << index_bits) - 1;

} // namespace

uint32_t CallTable::id_at(uint32_t index) const {
    return (entries_[index].generation & index_mask) << index_bits | index;
}

uint32_t CallTable::add(weir_call call, const void *data, size_t length) {
    if (first_free_ == 0) {
        entries_.emplace_back();
        first_free_ = static_cast<uint32_t>(entries_.size());
    }
    const uint32_t index = first_free_ - 1;
    Entry &entry = entries_[index];
    first_free_ = entry.next_free;
    entry.call = call;
    entry.data = data;
    entry.length = length;
    live_++;
    return id_at(index);
}

const CallTable::Entry *CallTable::find(uint32_t id) const {
    const uint32_t index = id & index_mask;
    if (index >= entries_.size()) {
        return nullptr;
    }
    return entries_[index].call != 0 && id_at(index) == id ? &entries_[index] : nullptr;
}

uint32_t CallTable::find_call(weir_call call) const {
    for (uint32_t index = 0; index < entries_.size(); index++) {
        if (entries_[index].call == call) {
            return id_at(index);
        }
    }
    return none;
}

void CallTable::forget(uint32_t id) {
    const uint32_t index = id & index_mask;
    Entry &entry = entries_[index];
    entry.call = 0;
    entry.generation++;
    entry.next_free = first_free_;
    first_free_ = index + 1;
    live_--;
}

std::vector<uint32_t> CallTable::all() const {
    std::vector<uint32_t> ids;
    for (uint32_t index = 0; index < entries_.size(); index++) {
        if (entries_[index].call != 0) {
            ids.push_back(id_at(index));
        }
    }
    return ids;
}

} // namespace weir::node_engine
