//go:build linux || darwin

package lan

import (
	"context"
	"errors"
	"syscall"
)

// subscribe sends on the channel whenever the kernel tells of a change of the network, until ctx
// ends or the kernel fails; then it closes the channel. What changed is not looked at: a burst of
// events is one value in the channel.
func subscribe(ctx context.Context) (<-chan struct{}, error) {
	socket, err := openEvents()
	if err != nil {
		return nil, err
	}
	events := make(chan struct{}, 1)
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	go func() {
		defer close(events)
		defer func() {
			if stop() {
				_ = socket.Close()
			}
		}()
		for buf := make([]byte, 1<<16); ; {
			// ENOBUFS: the kernel had more to tell than the socket holds. That is an event too.
			if _, err := socket.Read(buf); err != nil && !errors.Is(err, syscall.ENOBUFS) {
				return
			}
			select {
			case events <- struct{}{}:
			default:
			}
		}
	}()
	return events, nil
}
