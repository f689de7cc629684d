package app

import (
	"net/http"
	"net/netip"

	"modelbeam/tunnel"
)

// observe passes on what the gateway tells of a request, when it begins and when it has ended. It
// waits for nothing: the end of an answer waits for it.
func (c *Controller) observe(x tunnel.Exchange) {
	if x.Ended {
		c.news.event("request", RequestEvent{
			Method: x.Method, Path: x.Path, Device: x.Device.ID, Server: x.Server, Model: x.Model,
			Status: x.Status, Millis: x.Duration.Milliseconds(), Bytes: x.Bytes,
			PromptTokens: x.PromptTokens, Tokens: x.Tokens,
		})
	}
	c.news.cameAround(x.Remote.String())
	if x.Ended && x.Path == "/pair" && x.Status == http.StatusTooManyRequests {
		c.news.problem(ProblemGuessing, guessing(x.Remote.String()))
	}
	if x.Device.ID == "" {
		return
	}
	answered := x.Ended && x.Server != "" && (x.Status < http.StatusBadRequest || x.Tokens > 0)
	if answered {
		c.shared.answered(x.Server, x.Model)
	}
	c.presence.observe(x, answered)
}

// encrypted tells the person that a device tries https here: the device itself does not say so in words.
func (c *Controller) encrypted(peer netip.Addr) {
	if urls := c.reach.View().URLs; len(urls) > 0 {
		c.news.problem(ProblemEncrypted, encrypted(peer.String(), urls[0]))
	}
}
