/*
 * The ceiling: SYNs as fast as this machine sends them from C. `ceiling INTERFACE DESTINATION_MAC SECONDS THREADS`
 *
 * It does what portolan's senders do and no more: AF_PACKET past the queueing discipline, sendmmsg(2) of 256 on arrays
 * built once, the same frame of 58 bytes to 10.78.0.0/16, of which each packet patches address, port, sequence number
 * and checksums. It asks nobody, waits for nothing, and remembers nothing.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 256, FRAME = 58, IP_AT = 14, TCP_AT = 34, TCP_BYTES = 24 };

static struct sockaddr_ll address;
static uint8_t frame[FRAME];
static double seconds;

static uint32_t sum_words(const uint8_t *bytes, int count) {
  uint32_t sum = 0;
  for (int i = 0; i < count; i += 2) sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
  return sum;
}

static uint16_t folded(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return htons((uint16_t)~((sum & 0xffff) + (sum >> 16)));
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static void patch(uint8_t *place, uint32_t number, uint32_t ip_sum, uint32_t tcp_sum) {
  uint32_t to = 0x0a4e0000 | (number & 0xffff), sequence = number * 2654435761u;
  uint16_t port = (uint16_t)(1 + (number >> 16));
  uint32_t to_sum = (to >> 16) + (to & 0xffff);
  uint16_t ip_check = folded(ip_sum + to_sum);
  uint16_t tcp_check = folded(tcp_sum + to_sum + port + (sequence >> 16) + (sequence & 0xffff));
  uint32_t to_wire = htonl(to), sequence_wire = htonl(sequence);
  uint16_t port_wire = htons(port);
  memcpy(place + IP_AT + 10, &ip_check, 2);
  memcpy(place + IP_AT + 16, &to_wire, 4);
  memcpy(place + TCP_AT + 2, &port_wire, 2);
  memcpy(place + TCP_AT + 4, &sequence_wire, 4);
  memcpy(place + TCP_AT + 16, &tcp_check, 2);
}

static void *send_all(void *first) {
  static __thread uint8_t frames[BATCH][64];
  static __thread struct iovec vectors[BATCH];
  static __thread struct mmsghdr headers[BATCH];
  int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1, room = 8 << 20;
  if (fd < 0) { perror("socket"); exit(1); }
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  for (int i = 0; i < BATCH; i++) {
    memcpy(frames[i], frame, FRAME);
    vectors[i] = (struct iovec){frames[i], FRAME};
    headers[i].msg_hdr = (struct msghdr){&address, sizeof address, &vectors[i], 1, 0, 0, 0};
  }
  uint32_t ip_sum = sum_words(frame + IP_AT, 20);
  uint32_t tcp_sum = sum_words(frame + TCP_AT, TCP_BYTES) + sum_words(frame + IP_AT + 12, 4) + 6 + TCP_BYTES;
  uint32_t number = (uint32_t)(uintptr_t)first;
  for (double end = now() + seconds; now() < end;) {
    for (int i = 0; i < BATCH; i++) patch(frames[i], number++, ip_sum, tcp_sum);
    for (int sent = 0; sent < BATCH;) {
      int count = sendmmsg(fd, headers + sent, BATCH - sent, 0);
      if (count > 0) sent += count;
    }
  }
  return NULL;
}

int main(int count, char **words) {
  if (count != 5) return 2;
  unsigned mac[6];
  sscanf(words[2], "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
  for (int i = 0; i < 6; i++) frame[i] = (uint8_t)mac[i];
  struct ifreq request = {0};
  snprintf(request.ifr_name, IFNAMSIZ, "%s", words[1]);
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request) < 0) { perror(words[1]); return 1; }
  memcpy(frame + 6, request.ifr_hwaddr.sa_data, 6);
  const uint8_t rest[] = {8, 0, 0x45, 0, 0, 44, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 77, 0, 1, 0, 0, 0, 0,
                          0x9c, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0xfa, 0xf0, 0, 0, 0, 0, 2, 4, 5, 0xa0};
  memcpy(frame + 12, rest, sizeof rest);
  address = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  address.sll_ifindex = (int)if_nametoindex(words[1]);
  seconds = atof(words[3]);
  int threads = atoi(words[4]);
  pthread_t team[64];
  for (int i = 0; i < threads && i < 64; i++) {
    void *first = (void *)(uintptr_t)((uint32_t)i << 28);
    if (pthread_create(&team[i], NULL, send_all, first) != 0) return 1;
  }
  for (int i = 0; i < threads && i < 64; i++) pthread_join(team[i], NULL);
  return 0;
}
