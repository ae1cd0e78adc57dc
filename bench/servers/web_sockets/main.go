// Echoes every message of every WebSocket, and counts: GET /served tells how many messages came, GET /open how many
// WebSockets are open. One thread of Go's own; prints its port when it listens.
package main

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"

	"github.com/lxzan/gws"
)

type echo struct {
	gws.BuiltinEventHandler
	served, open atomic.Int64
}

func (e *echo) OnOpen(*gws.Conn)         { e.open.Add(1) }
func (e *echo) OnClose(*gws.Conn, error) { e.open.Add(-1) }
func (e *echo) OnMessage(socket *gws.Conn, message *gws.Message) {
	defer message.Close()
	e.served.Add(1)
	_ = socket.WriteMessage(message.Opcode, message.Bytes())
}

func main() {
	runtime.GOMAXPROCS(1)
	counts := &echo{}
	upgrader := gws.NewUpgrader(counts, &gws.ServerOption{ReadBufferSize: 1024, WriteBufferSize: 1024})
	tell := func(count *atomic.Int64) http.HandlerFunc {
		return func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, count.Load()) }
	}
	http.HandleFunc("/served", tell(&counts.served))
	http.HandleFunc("/open", tell(&counts.open))
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		socket, err := upgrader.Upgrade(answer, request)
		if err == nil {
			go socket.ReadLoop()
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
