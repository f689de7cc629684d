package llm

import (
	"context"
	"net/netip"
	"time"
)

// spot is what a visit knows of the place that it goes to.
type spot struct {
	at       netip.AddrPort
	stranger string // as in place
}

func (w *watch) spot(p *place) spot { return spot{at: p.Addr, stranger: p.stranger} }

// revisit asks a known server for its models again. Where none is known, or it does not answer as it used to,
// it finds out who is there: another one may have taken the port. unsure is as in result.
func (w *watch) revisit(ctx context.Context, to spot, kinds []kind, before *found) (now *found, unsure bool) {
	if before != nil {
		again := *before
		v := w.visitTo(to.at, before.key)
		v.sumsBefore, v.locked = before.sums, before.NeedsKey
		again.relist(ctx, v, before.Models)
		v.end()
		sameKey := again.NeedsKey && w.scanner.key(again.Server) == before.key
		if again.err == nil || isTimeout(again.err) || sameKey {
			return &again, false
		}
	}
	f, ok := w.identify(ctx, to, kinds)
	if !ok {
		return nil, f.unsure
	}
	if before != nil && f.rank == before.rank && f.err != nil && !f.NeedsKey {
		f.Models = before.Models // the same server, with a passing trouble
	}
	return &f, f.unsure
}

// identify visits one endpoint, and once more with a key if the server wants one and we have it.
func (w *watch) identify(ctx context.Context, to spot, kinds []kind) (found, bool) {
	f, ok := w.identifyWith(ctx, to, "", kinds)
	if !ok || !f.NeedsKey {
		return f, ok
	}
	if key := w.scanner.key(f.Server); key != "" {
		if known, ok := w.identifyWith(ctx, to, key, kinds); ok {
			return known, true
		}
	}
	return f, true
}

func (w *watch) identifyWith(ctx context.Context, to spot, key string, kinds []kind) (found, bool) {
	v := w.visitTo(to.at, key)
	defer v.end()
	f, ok := identify(ctx, v, kinds)
	f.User = to.stranger
	return f, ok
}

// visitTo is a visit to a port on which anything could listen: it trusts nothing.
func (w *watch) visitTo(ep netip.AddrPort, key string) *visit {
	return &visit{
		client: w.client, base: baseURL(ep), key: key, patience: w.scanner.patient(), onAnswer: w.noteAnswer,
		agent: w.scanner.replaced.agent,
	}
}

// noteAnswer notes that some server has answered. It is called from any visit.
func (w *watch) noteAnswer() { w.answeredAt.Store(time.Now().UnixNano()) }

// lastAnswer is when some server lastAnswer last, or when the look began.
func (w *watch) lastAnswer() time.Time { return time.Unix(0, w.answeredAt.Load()) }
