package testkit

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// PeakHeap looks at how much of the heap is in use, every few milliseconds until stop is called.
func PeakHeap() (bytes *atomic.Uint64, stop func()) {
	var peak atomic.Uint64
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return &peak, func() { close(done); wait.Wait() }
}
