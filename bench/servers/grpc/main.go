// Greets by gRPC, in plain HTTP/2, and counts: GET /served at the second port tells how many calls it answered. One
// thread of Go's own; prints both ports when it listens.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/examples/helloworld/helloworld"
)

type greeter struct {
	helloworld.UnimplementedGreeterServer
	served atomic.Int64
}

func (g *greeter) SayHello(_ context.Context, to *helloworld.HelloRequest) (*helloworld.HelloReply, error) {
	g.served.Add(1)
	return &helloworld.HelloReply{Message: "Hello " + to.GetName()}, nil
}

func main() {
	runtime.GOMAXPROCS(1)
	calls, counts := listen(), listen()
	own := &greeter{}
	server := grpc.NewServer(grpc.NumStreamWorkers(1))
	helloworld.RegisterGreeterServer(server, own)
	http.HandleFunc("/served", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, own.served.Load())
	})
	fmt.Println(port(calls), port(counts))
	go func() { panic(http.Serve(counts, nil)) }()
	panic(server.Serve(calls))
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return listener
}

func port(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }
