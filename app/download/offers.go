package download

import (
	"context"
	"slices"
	"strings"

	"modelbeam/app/machine"
)

// Offer is a model that fits this computer.
type Offer struct {
	Server string `json:"server"` // the ID of the server that can get it
	Model  string `json:"model"`  // for Downloader.Get
	Title  string `json:"title"`  // for people: "Llama 3.2 3B"
	Bytes  int64  `json:"bytes"`  // on the disk, about
	Good   string `json:"good"`   // at what: English, and the key of its translations
	Sees   bool   `json:"sees"`   // it takes pictures
	Page   string `json:"page"`   // where more is said of it
}

// Computer is what decides which models fit. Zero in Memory and GPU, and less than zero in Free, are not known.
type Computer struct {
	Memory int64 // bytes of RAM in all
	GPU    int64 // bytes of a graphics card's own that a server was seen to use
	Free   int64 // bytes that are free where the server keeps models
}

const (
	// mostOffers is how many models a person chooses from.
	mostOffers = 3
	// reserve is what should stay free on the disk: a full one is the next trouble.
	reserve = 2 << 30
	// tenths of its memory are what a computer tells of at least: a part is kept for its graphics or its firmware.
	tenths = 8
)

// fits reports whether a model runs well on the computer. What is not known is not in the way, but then no
// large model is offered.
func (c Computer) fits(m model) bool {
	if c.Free >= 0 && m.Bytes+reserve > c.Free {
		return false
	}
	memory := c.Memory
	if memory == 0 {
		memory = 8 << 30
	}
	return int64(m.Memory)<<30/10*tenths <= memory || c.GPU > 0 && m.Bytes+m.Bytes/4 <= c.GPU
}

// quick is how many bytes a model may have for its answers to come as fast as people read: those of a processor, about,
// or of a graphics card, which is quick with all that fits into it.
func (c Computer) quick() int64 { return max(3500e6, c.GPU/5*4) }

// choose picks models that fit. The first is for who has never seen one: quick to come and to answer. Then come the best
// one, which may be slow, and one that is quicker still.
func (c Computer) choose() []model {
	fitting := c.fitting()
	first, ok := c.first(fitting)
	if !ok {
		return nil
	}
	chosen := []model{first}
	take := func(ok func(model) bool) {
		i := slices.IndexFunc(fitting, func(m model) bool { return ok(m) && !slices.Contains(chosen, m) })
		if i >= 0 && len(chosen) < mostOffers {
			chosen = append(chosen, fitting[i])
		}
	}
	take(func(m model) bool { return m.Sees && m.Bytes > first.Bytes })
	if len(chosen) == 1 {
		take(func(model) bool { return true })
	}
	take(func(m model) bool { return m.Bytes <= first.Bytes/3*2 })
	return chosen
}

// fitting are all that fit, the largest first.
func (c Computer) fitting() (all []model) {
	for _, m := range slices.Backward(known()) {
		if c.fits(m) {
			all = append(all, m)
		}
	}
	return all
}

// first is the largest that is quick, or one that sees pictures as well and is hardly smaller.
func (c Computer) first(fitting []model) (model, bool) {
	i := slices.IndexFunc(fitting, func(m model) bool { return m.Bytes <= c.quick() })
	if i < 0 {
		return model{}, false
	}
	best := fitting[i]
	for _, m := range fitting[i:] {
		if m.Sees && m.Bytes >= best.Bytes/10*7 {
			return m, true
		}
	}
	return best, true
}

// Offers are the models that fit this computer, for the first server that can get some. They are brought up to
// date in the background, so asking costs nothing.
func (d *Downloader) Offers() []Offer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.offers
}

// keepOffers brings the offers up to date until ctx ends, whenever there are other servers or downloads.
func (d *Downloader) keepOffers(ctx context.Context) {
	for {
		offers := d.look(ctx)
		d.mu.Lock()
		same := slices.Equal(offers, d.offers)
		d.offers = offers
		d.mu.Unlock()
		if !same {
			d.o.Changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		}
	}
}

// look asks the disk, which may take a while.
func (d *Downloader) look(ctx context.Context) (offers []Offer) {
	if path := lmsPath(); path != "" && d.lms.Swap(&path) == nil {
		d.o.Changed() // LM Studio can be told to get models now
	}
	all := d.o.Servers()
	i := slices.IndexFunc(all, func(s Server) bool { return s.Kind == kindOllama })
	if i < 0 {
		return nil
	}
	s := all[i]
	c := Computer{Memory: machine.Memory(), GPU: graphicsMemory(ctx, s), Free: likelyFree(ctx, s)}
	for _, m := range c.choose() {
		if !slices.ContainsFunc(s.Models, func(have string) bool { return strings.EqualFold(Named(have), Named(m.Name)) }) {
			offers = append(offers, Offer{Server: s.ID, Model: m.Name, Title: m.Title, Bytes: m.Bytes, Good: m.Good, Sees: m.Sees, Page: m.Page})
		}
	}
	return offers
}
