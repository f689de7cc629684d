package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// knockWithin is how long one of our own addresses may take to answer.
const knockWithin = 500 * time.Millisecond

// knock asks at our own addresses who is there, all at once. It proves nothing about firewalls: what a computer sends to
// itself does not pass them.
func knock(ctx context.Context, own Own) []Door {
	if !own.Listen.IsValid() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, knockWithin)
	defer cancel()
	client := &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, // no proxy: it is this computer
		// Another program must not send us elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	doors := make([]Door, len(own.Addresses))
	var all sync.WaitGroup
	for i, a := range own.Addresses {
		all.Go(func() { doors[i] = knockAt(ctx, client, netip.AddrPortFrom(a, own.Listen.Port()), own.ID) })
	}
	all.Wait()
	return doors
}

func knockAt(ctx context.Context, client *http.Client, at netip.AddrPort, id string) Door {
	d := Door{Addr: at.Addr(), Found: Nobody}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at.String()+"/healthz", nil)
	if err != nil {
		d.What = reason(err)
		return d
	}
	res, err := client.Do(req)
	if err != nil {
		d.What = reason(err)
		return d
	}
	defer res.Body.Close()
	var who struct {
		Product, ID string
	}
	const most = 4 << 10                                             // of an answer that may be anybody's
	_ = json.NewDecoder(io.LimitReader(res.Body, most)).Decode(&who) // whoever answers otherwise is not us
	if who.ID == id {
		d.Found = Ourselves
		return d
	}
	const longest = 40 // of a name that may be a story
	d.Found, d.What = Somebody, strings.ToValidUTF8(who.Product[:min(len(who.Product), longest)], "")+" "+strconv.Itoa(res.StatusCode)
	return d
}

// reason is an error of the net packages without the addresses that they put before it: the report names those itself.
func reason(err error) string {
	if asked := new(url.Error); errors.As(err, &asked) {
		err = asked.Err
	}
	if dialled := new(net.OpError); errors.As(err, &dialled) {
		err = dialled.Err
	}
	return err.Error()
}
