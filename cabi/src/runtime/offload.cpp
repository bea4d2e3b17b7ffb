#include "runtime/offload.hpp"

#include <new>

#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/process.hpp"
#include "runtime/slot.hpp"

namespace weir {

namespace {

struct Job {
    Slot *slot;
    Record *task; ///< taken beforehand, so that the way back needs no memory
    weir_call call;
    weir_work_callback work;
    uintptr_t user_data;
};

void job_main(void *argument) {
    Job job = *static_cast<Job *>(argument);
    thread_role = {.role = Role::job, .slot = job.slot->index};
    port::deallocate(argument);
    job.work(job.call, job.user_data);
    process_counts.jobs.fetch_sub(1, std::memory_order_relaxed);
    job.slot->posts.post(*job.task, post_task);
    job.slot->wake_worker();
}

Record *make_task(Slot &slot, weir_call call, weir_work_callback deliver, uintptr_t user_data) {
    Record *task = slot.slab.take();
    if (task == nullptr) {
        return nullptr;
    }
    task->begin(RecordKind::task, slot.worker.generation, 0, false);
    task->id = call;
    task->function = deliver;
    task->function_data = user_data;
    return task;
}

weir_status start(Slot &slot, weir_call call, weir_work_callback work, weir_work_callback deliver,
                  uintptr_t user_data) {
    Record *task = make_task(slot, call, deliver, user_data);
    void *memory = port::allocate(sizeof(Job));
    weir_status status = WEIR_ERR_NO_MEMORY;
    if (task != nullptr && memory != nullptr) {
        auto *job = new (memory)
            Job{.slot = &slot, .task = task, .call = call, .work = work, .user_data = user_data};
        slot.jobs.fetch_add(1, std::memory_order_seq_cst);
        process_counts.jobs.fetch_add(1, std::memory_order_relaxed);
        port::Thread thread;
        if (port::thread_start(thread, "weir-job", slot.settings->stack_size, job_main, job)) {
            port::thread_detach(thread);
            return WEIR_OK;
        }
        process_counts.jobs.fetch_sub(1, std::memory_order_relaxed);
        slot.jobs.fetch_sub(1, std::memory_order_seq_cst);
        status = WEIR_ERR_NO_RESOURCES;
    }
    port::deallocate(memory);
    if (task != nullptr) {
        slot.slab.give(*task);
    }
    return status;
}

} // namespace

weir_status offload(weir_call call, weir_work_callback work, weir_work_callback deliver,
                    uintptr_t user_data) {
    Slot *slot = slot_at(CallId::unpack(call).slot);
    const Record *record = slot == nullptr ? nullptr : slot->slab.at(CallId::unpack(call).index);
    if (record == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const Record::State state = record->state();
    if (state.use != CallId::unpack(call).use || !state.has(Record::running) ||
        state.has(Record::answered)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (!is_worker_of(slot->index)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return start(*slot, call, work, deliver, user_data);
}

} // namespace weir
