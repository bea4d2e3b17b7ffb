package weir

/*
#include "bridge.h"
*/
import "C"

import "runtime"

// PoolStats are the counts of a pool at one moment. Those after Waiting only grow, but
// CallbacksRunning, which are those of now.
type PoolStats struct {
	SlotsMax, SlotsTotal, SlotsIdle, SlotsActive, SlotsRecycling, SlotsQuarantined int

	SlotsPrepared int // of the idle ones: a create finds all that it needs
	Waiting       int // Creates that wait for a slot

	SlotsBuilt, SlotsRetired, SlotsBuildFailed            uint64
	ContextsCreated, ContextsDestroyed, ContextsExhausted uint64
	CreatesFailed, CreatesTimedOut                        uint64
	RequestsAccepted, RequestsRefused                     uint64
	ResponsesOK, ResponsesFailed, ResponsesCanceled       uint64
	ResponsesTimedOut, ResponsesClosed                    uint64
	ResultsDropped                                        uint64 // late answers of handlers
	EventsEmitted, EventsDropped                          uint64
	SlowHandlers, WedgedHandlers, RecoveredHandlers       uint64
	SlotsUnclean                                          uint64 // retired: not clean after a reset
	WorkerWakes, WatchWakes, WakesRepeated                uint64
	CallbacksRunning                                      uint64
	EnvironmentsRebuilt                                   uint64 // between two owners
	HandlersStopped                                       uint64 // while they ran
	InstancesEnded                                        uint64 // by themselves
}

// Stats gives the counts of the pool. It fails with ErrStaleHandle when the pool is closed.
func (p *Pool) Stats() (PoolStats, error) {
	defer runtime.KeepAlive(p)
	return p.state.stats()
}

func (p *poolState) stats() (PoolStats, error) {
	var s C.weir_pool_stats
	s.struct_size = C.sizeof_weir_pool_stats
	if status := C.weir_pool_stats_get(p.handle, &s); status != C.WEIR_OK {
		return PoolStats{}, statusError("pool stats", status)
	}
	return PoolStats{
		SlotsMax: int(s.slots_max), SlotsTotal: int(s.slots_total), SlotsIdle: int(s.slots_idle),
		SlotsActive: int(s.slots_active), SlotsRecycling: int(s.slots_recycling),
		SlotsQuarantined: int(s.slots_quarantined), SlotsPrepared: int(s.slots_prepared),
		Waiting: int(s.waiting),

		SlotsBuilt: uint64(s.slots_built), SlotsRetired: uint64(s.slots_retired),
		SlotsBuildFailed: uint64(s.slots_build_failed), ContextsCreated: uint64(s.contexts_created),
		ContextsDestroyed: uint64(s.contexts_destroyed),
		ContextsExhausted: uint64(s.contexts_exhausted), CreatesFailed: uint64(s.creates_failed),
		CreatesTimedOut: uint64(s.creates_timed_out), RequestsAccepted: uint64(s.requests_accepted),
		RequestsRefused: uint64(s.requests_refused), ResponsesOK: uint64(s.responses_ok),
		ResponsesFailed:   uint64(s.responses_failed),
		ResponsesCanceled: uint64(s.responses_canceled),
		ResponsesTimedOut: uint64(s.responses_timed_out),
		ResponsesClosed:   uint64(s.responses_closed), ResultsDropped: uint64(s.results_dropped),
		EventsEmitted: uint64(s.events_emitted), EventsDropped: uint64(s.events_dropped),
		SlowHandlers: uint64(s.slow_handlers), WedgedHandlers: uint64(s.wedged_handlers),
		RecoveredHandlers: uint64(s.recovered_handlers), SlotsUnclean: uint64(s.slots_unclean),
		WorkerWakes: uint64(s.worker_wakes), WatchWakes: uint64(s.watch_wakes),
		WakesRepeated: uint64(s.wakes_repeated), CallbacksRunning: uint64(s.callbacks_running),
		EnvironmentsRebuilt: uint64(s.environments_rebuilt),
		HandlersStopped:     uint64(s.handlers_stopped), InstancesEnded: uint64(s.instances_ended),
	}, nil
}

// ProcessStats are the live objects of the process: all zero but Libraries when everything was
// closed.
type ProcessStats struct {
	Libraries, Queues, Pools, Slots int

	Contexts     int    // open contexts
	Instances    int    // instances of libraries that were created and not yet destroyed
	Jobs         int    // blocking work of handlers that is not finished
	Records      uint64 // requests and events that are not released
	PayloadBytes uint64 // bytes of payload memory outside the records
}

// GetProcessStats counts the live objects of the process, for leak tests.
func GetProcessStats() (ProcessStats, error) {
	var s C.weir_process_stats
	s.struct_size = C.sizeof_weir_process_stats
	if status := C.weir_process_stats_get(&s); status != C.WEIR_OK {
		return ProcessStats{}, statusError("process stats", status)
	}
	return ProcessStats{
		Libraries: int(s.libraries), Queues: int(s.queues), Pools: int(s.pools),
		Slots:    int(s.slots),
		Contexts: int(s.contexts), Instances: int(s.instances), Jobs: int(s.jobs),
		Records: uint64(s.records), PayloadBytes: uint64(s.payload_bytes),
	}, nil
}
