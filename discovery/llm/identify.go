package llm

import (
	"context"
	"errors"
	"slices"
	"strconv"
)

// found is a server together with what it takes to look at it again. It is copied, never shared: a visit
// works on its own copy.
type found struct {
	Server

	kind *kind
	rank int    // of kind in the table
	key  string // which its models were asked for with
	sums sums   // of the lists that its models came from
	err  error  // why there is no list of models; nil if there is one

	// unsure says that the server stopped answering before every question was answered. It may be of
	// another kind, which this machine was too busy to show.
	unsure bool
}

// identify finds out which of the kinds answers, by the first row whose checks hold. It is false
// for everything that is no LLM server or does not answer within the visit's patience; then nothing but
// unsure is set.
func identify(ctx context.Context, v *visit, kinds []kind) (found, bool) {
	port, _ := strconv.Atoi(v.base.Port())
	if isWindow(ctx, v, kinds, port) {
		return found{}, false
	}
	for _, rank := range order(kinds, port) {
		k := &kinds[rank]
		if k.elsewhere != nil && !k.usual(port) && !k.elsewhere(ctx, v) {
			continue
		}
		if k.is(ctx, v) {
			f := found{kind: k, rank: rank, key: v.key, unsure: v.dead != nil}
			f.describe(ctx, v)
			return f, true
		}
	}
	return found{unsure: isTimeout(v.dead)}, false
}

// isWindow says that this is the window of a product, and not its server. A window listens too, and answers
// one question of its own; it is not asked anything else. Any other program may have its port as well.
func isWindow(ctx context.Context, v *visit, kinds []kind, port int) bool {
	return slices.ContainsFunc(kinds, func(k kind) bool {
		return k.app != nil && k.app.open != nil && slices.Contains(k.app.ports, uint16(port)) && k.app.open(ctx, v)
	})
}

// order is the order to ask in, as indexes of kinds: first those that the port is usual for, so that LM Studio
// hears its own question before any that it does not know; then the others; and last of all the row
// that takes every server of the OpenAI dialect.
func order(kinds []kind, port int) []int {
	var here, there []int
	last := len(kinds) - 1
	for rank := range kinds[:last] {
		if kinds[rank].usual(port) {
			here = append(here, rank)
		} else {
			there = append(there, rank)
		}
	}
	return append(append(here, there...), last)
}

// describe fills in all that a visit tells about the server.
func (f *found) describe(ctx context.Context, v *visit) {
	f.Server = Server{
		Kind: f.kind.id, Name: f.kind.name, URL: v.base,
		Dialects: f.kind.dialects, Paths: f.kind.paths,
		Quirks: f.kind.quirks,
	}
	if f.kind.version != nil {
		f.Version = f.kind.version(ctx, v)
		f.Dialects = f.kind.speaks(f.Version)
	}
	f.relist(ctx, v, v.modelsBefore)
}

// restarted is what a server is taken for when its port has a new socket, until it turns out to be another
// server: a mere restart is no news. Its models are asked about anew, because their abilities may have
// changed with its version or its arguments.
func (f *found) restarted() *found {
	again := *f
	again.Models = slices.Clone(f.Models)
	forget(again.Models)
	return &again
}

// relist asks for the models again. On an error those from before stay, unless it is that the server wants a
// key: then it shows no more of them than it does to anybody.
func (f *found) relist(ctx context.Context, v *visit, before []Model) {
	models, err := f.kind.models(ctx, v, before)
	f.err, f.sums = err, v.now
	f.NeedsKey = errors.Is(err, errKey)
	f.Loading = errors.Is(err, errLoading)
	f.Models = models
	if err != nil && !f.NeedsKey {
		f.Models = before
	}
}
