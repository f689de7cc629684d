package lan

import (
	"context"
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// subscribers are the channels to tell, by the handle that Windows gave their subscription.
// Windows calls functions of Go through a fixed table that never shrinks, so there is one function
// for all subscriptions of a process, and it needs a place to find them.
var subscribers sync.Map // of chan struct{} to nothing

// onChange runs on a thread of Windows, for every change of an IPv4 address. It must be quick and
// must not wait: a channel that still holds an event needs no second one.
var onChange = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(_, _, _ uintptr) uintptr {
		subscribers.Range(func(events, _ any) bool {
			select {
			case events.(chan struct{}) <- struct{}{}:
			default:
			}
			return true
		})
		return 0
	})
})

// subscribe sends on the channel whenever an IPv4 address or route of this machine changes, until ctx ends. Routes say which
// network is the best one, and come a moment after the address; where a system does not
// tell of them, the next poll finds what changed.
// https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-notifyunicastipaddresschange
// https://learn.microsoft.com/windows/win32/api/netioapi/nf-netioapi-notifyroutechange2
func subscribe(ctx context.Context) (<-chan struct{}, error) {
	var addresses, routes windows.Handle
	err := windows.NotifyUnicastIpAddressChange(windows.AF_INET, onChange(), unsafe.Pointer(nil), false, &addresses)
	if err != nil {
		return nil, fmt.Errorf("subscribe to address changes: %w", err)
	}
	byRoute := windows.NotifyRouteChange2(windows.AF_INET, onChange(), unsafe.Pointer(nil), false, &routes) == nil && routes != 0
	events := make(chan struct{}, 1)
	subscribers.Store(events, nil)
	context.AfterFunc(ctx, func() {
		_ = windows.CancelMibChangeNotify2(addresses)
		if byRoute {
			_ = windows.CancelMibChangeNotify2(routes)
		}
		subscribers.Delete(events)
	})
	return events, nil
}
