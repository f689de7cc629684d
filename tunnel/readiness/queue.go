package readiness

import (
	"context"
	"errors"
	"maps"
	"time"
)

// queue are those who want to know something of one server, one after another, and what that said just now.
type queue struct {
	turn   chan struct{}     // holds one while somebody asks
	said   map[string]answer // by the model; for whoever has the turn
	inside int               // how many are in the queue, guarded by the Asker
	left   time.Time         // when somebody was, guarded by the Asker
}

type answer struct {
	state State
	at    time.Time
}

// join finds the queue at a server. Those at which nobody has been for a while are forgotten.
func (a *Asker) join(server string) *queue {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(a.queues, func(_ string, q *queue) bool { return q.inside == 0 && now.Sub(q.left) > good })
	q := a.queues[server]
	if q == nil {
		if a.queues == nil {
			a.queues = make(map[string]*queue)
		}
		q = &queue{turn: make(chan struct{}, 1), said: make(map[string]answer)}
		a.queues[server] = q
	}
	q.inside++
	return q
}

func (a *Asker) leave(q *queue) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q.inside--
	q.left = time.Now()
}

// state is what somebody before us was told of a model, or what ask tells. Who goes away in the middle of a question
// has learnt nothing that the next one could use.
func (q *queue) state(ctx context.Context, model string, ask func() State) State {
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return Unknown
	}
	maps.DeleteFunc(q.said, func(_ string, a answer) bool { return time.Since(a.at) >= good })
	if a, ok := q.said[model]; ok {
		return a.state
	}
	state := ask()
	if !errors.Is(ctx.Err(), context.Canceled) {
		q.said[model] = answer{state, time.Now()}
	}
	return state
}
