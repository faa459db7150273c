package site

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	shards     = 32
	forget     = 5 * time.Minute // an address that was quiet for so long starts afresh
	sweepEvery = time.Minute     // how often a shard looks for those
)

// limiter counts requests by address. The addresses are spread over shards, so that they seldom wait for one another.
type limiter struct {
	perSecond rate.Limit
	burst     int
	seed      maphash.Seed
	shards    [shards]shard
}

type shard struct {
	mu    sync.Mutex
	swept time.Time
	seen  map[netip.Addr]*visitor
}

type visitor struct {
	rate *rate.Limiter
	last time.Time
}

func newLimiter(perSecond float64, burst int) *limiter {
	l := &limiter{perSecond: rate.Limit(perSecond), burst: max(burst, 1), seed: maphash.MakeSeed()}
	for n := range l.shards {
		l.shards[n].seen = map[netip.Addr]*visitor{}
	}
	return l
}

// wait gives how long the address has to wait; 0 if it may go on.
func (l *limiter) wait(ip string, now time.Time) time.Duration {
	address := network(ip)
	s := &l.shards[maphash.Comparable(l.seed, address)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	v, ok := s.seen[address]
	if !ok {
		v = &visitor{rate: rate.NewLimiter(l.perSecond, l.burst)}
		s.seen[address] = v
	}
	v.last = now
	if v.rate.AllowN(now, 1) {
		return 0
	}
	return max(time.Duration(float64(time.Second)/float64(l.perSecond)), time.Second)
}

// sweep forgets addresses that were quiet for a while.
func (s *shard) sweep(now time.Time) {
	if now.Sub(s.swept) < sweepEvery {
		return
	}
	s.swept = now
	for address, v := range s.seen {
		if now.Sub(v.last) > forget {
			delete(s.seen, address)
		}
	}
}

// network gives what counts as one address: of IPv6 the first 64 bits, since one household has all the rest.
func network(ip string) netip.Addr {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Addr{}
	}
	address = address.Unmap()
	if address.Is4() {
		return address
	}
	prefix, err := address.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.Addr()
}
