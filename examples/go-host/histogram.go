package main

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets that are at most 1/16 wide, so that a quantile is at most
// about 6 % too high, however many are counted. One goroutine at a time may use it.
type histogram struct {
	counts [64 * histogramSteps]uint64
	total  uint64
}

const (
	histogramBits  = 4
	histogramSteps = 1 << histogramBits
)

func (h *histogram) add(d time.Duration) {
	if d < 0 {
		d = 0
	}
	h.counts[bucketOf(uint64(d))]++
	h.total++
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
}

// quantile is the upper end of the bucket in which the given part of all durations ends.
func (h *histogram) quantile(part float64) time.Duration {
	rank := uint64(part * float64(h.total))
	seen := uint64(0)
	for i, n := range h.counts {
		if seen += n; n > 0 && seen > rank {
			return time.Duration(bucketEnd(i))
		}
	}
	return 0
}

func bucketOf(ns uint64) int {
	if ns < histogramSteps {
		return int(ns)
	}
	shift := bits.Len64(ns) - histogramBits - 1
	return shift*histogramSteps + int(ns>>shift)
}

func bucketEnd(bucket int) uint64 {
	if bucket < 2*histogramSteps {
		return uint64(bucket)
	}
	shift := bucket/histogramSteps - 1
	return uint64(bucket-shift*histogramSteps+1)<<shift - 1
}
