package route

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"adoptionfund/web/page/shared"
)

// The cookies, and what stands before their names over a secure connection, so that no other host can set them.
const (
	sessionCookie = "af-session"
	flashCookie   = "af-flash"
	heldCookie    = "af-held"
	securePrefix  = "__Host-"
)

// sessionChange is what happens to the session cookie when the reply is written.
type sessionChange struct {
	token string // empty: the cookie is removed
	ends  time.Time
}

// SessionCookie gives the name of the session cookie.
func SessionCookie(secure bool) string { return cookieName(sessionCookie, secure) }

// SessionToken gives the token of the session that the request names, or empty.
func SessionToken(req *http.Request, secure bool) string {
	cookie, err := req.Cookie(SessionCookie(secure))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// StartSession gives the browser the token of a session that was begun, until it ends.
func (r *Request) StartSession(token string, ends time.Time) {
	r.session = &sessionChange{token: token, ends: ends}
}

// EndSession takes the token of the session from the browser.
func (r *Request) EndSession() { r.session = &sessionChange{} }

// SessionToken gives the token of the session that the request names, or empty.
func (r *Request) SessionToken() string { return SessionToken(r.gin.Request, r.env.Secure) }

func cookieName(name string, secure bool) string {
	if secure {
		return securePrefix + name
	}
	return name
}

func (e *Env) cookie(name, value string) *http.Cookie {
	return &http.Cookie{ // Secure follows the public address: plain http is served on loopback only
		Name: cookieName(name, e.Secure), Value: value, Path: "/", HttpOnly: true, Secure: e.Secure, SameSite: http.SameSiteLaxMode,
	}
}

func (e *Env) removal(name string) *http.Cookie {
	cookie := e.cookie(name, "")
	cookie.MaxAge = -1
	return cookie
}

// setCookies writes what the handler did to the session, and the message for the next page where this reply is none.
func (r *Request) setCookies(showsPage bool) {
	if s := r.session; s != nil {
		cookie := r.env.removal(sessionCookie)
		if s.token != "" {
			cookie = r.env.cookie(sessionCookie, s.token) // gone with the browser's window; the server knows when it ends
		}
		http.SetCookie(r.gin.Writer, cookie)
	}
	if r.flash != nil && !showsPage {
		http.SetCookie(r.gin.Writer, r.env.flashCookie(*r.flash))
	}
}

func (e *Env) flashCookie(f shared.Flash) *http.Cookie {
	const longest = 500
	f.Text = f.Text[:min(len(f.Text), longest)]
	text, err := json.Marshal(f)
	if err != nil {
		return e.removal(flashCookie)
	}
	cookie := e.cookie(flashCookie, base64.RawURLEncoding.EncodeToString(text))
	cookie.MaxAge = 60
	return cookie
}

// takeFlash gives the message that was left for this page, and removes it.
func (r *Request) takeFlash() *shared.Flash {
	if r.flash != nil {
		return r.flash
	}
	cookie, err := r.gin.Request.Cookie(cookieName(flashCookie, r.env.Secure))
	if err != nil || cookie.Value == "" {
		return nil
	}
	http.SetCookie(r.gin.Writer, r.env.removal(flashCookie))
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil
	}
	var f shared.Flash
	if json.Unmarshal(text, &f) != nil || f.Text == "" {
		return nil
	}
	return &f
}
