package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"modelbeam/cmd/e2e/await"
	"modelbeam/discovery/netnstest"
)

// TestOtherAddress has a laptop in two networks of a home, and a phone that reaches both and resolves no names. The test
// of the connection shows both addresses. When the one that the page came from is gone, the page goes on at the other
// one by itself; when all are, it says so; and when one is back, the laptop is told of that.
func TestOtherAddress(t *testing.T) {
	t.Parallel()
	netnstest.Require(t)
	laptop, phone := newHome(t)
	const cabled = "192.168.8.20"
	laptop.ns.Link("eth0", cabled+"/24", phone.ns, "eth0", "192.168.8.30/24")
	change := map[string]func(string){
		laptopAddress: func(what string) { laptop.ns.IP("addr", what, laptopAddress+"/24", "dev", "wlan0") },
		cabled:        func(what string) { laptop.ns.IP("addr", what, cabled+"/24", "dev", "eth0") },
	}
	b := start(t, "beam", laptop.command(beamCommand(t).Path, "--json", "--state", t.TempDir(), "--no-scan", "--demo", "on", "--no-mdns"))
	b.awaitEvent(t, "state", "both addresses are there", func(e event) bool { return len(e.URLs) == 2 })
	ready := b.awaitEvent(t, "ready", "the gateway is open", anything)
	p := openPhone(t, phone)
	p.open(ready.PairURL)
	p.awaitText("Connected")

	p.testConnection()
	for address := range change {
		await.True(t, "the test says how soon it answers at "+address, func() bool {
			return evaluate[bool](p, `[...document.querySelectorAll(".addresses li")].some((li) => li.dataset.state === "passed" && /^`+address+`\s+\d+ ms$/.test(li.innerText))`)
		})
	}
	keepAs(t, "page-test-addresses", p.screenshot())
	p.awaitReports(1)
	p.do(chromedp.Tap(chromedp.ID("close-apps"), chromedp.NodeVisible))

	own := evaluate[string](p, `location.hostname`)
	other := map[string]string{laptopAddress: cabled, cabled: laptopAddress}[own]
	change[own]("del")
	p.ask("What can you do?", p.models()[0])
	await.True(t, "the answer comes another way", func() bool { return p.answer() != "" })
	p.awaitAnswerEnd()

	change[other]("del")
	p.awaitText("It answers at none of its 2 addresses.")
	keepAs(t, "page-lost-room", p.screenshot())
	await.True(t, "what was found is kept", func() bool { return evaluate[bool](p, `localStorage.getItem("modelbeam-findings") !== null`) })
	change[other]("add")
	await.True(t, "the page is content", func() bool { return evaluate[bool](p, `document.getElementById("trouble").hidden`) })
	p.awaitReports(2)

	for _, wire := range []string{"wlan0", "eth0"} {
		phone.ns.IP("link", "set", wire, "down")
	}
	p.awaitText("This phone has no network.")
	keepAs(t, "page-offline-room", p.screenshot())
}

// awaitReports waits until the laptop has taken so many reports of the page, and nothing is kept for it.
func (p *page) awaitReports(n int) {
	p.t.Helper()
	await.True(p.t, "the laptop was told what the page found", func() bool {
		return evaluate[int](p, `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/report") && e.responseStatus === 204).length`) >= n &&
			evaluate[bool](p, `localStorage.getItem("modelbeam-findings") === null`)
	})
}
