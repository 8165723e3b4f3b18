/* A client in the manner of the gateway vendor's sample: action names and headers in lower case, the
 * driver's command words in capitals, the text unquoted, texts above 160 bytes cut into parts of 152
 * with flag 00. Arguments: TCP port, user, secret, span, destination, text. Prints all it receives. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WHOLE = 160, PART = 152 };

static char received[65536];
static size_t filled;

static void tell(int fd, const char *words) {
    if (write(fd, words, strlen(words)) < 0) {
        exit(1);
    }
}

/* Read until the end mark stands behind what was there before, then print the news. */
static void hear(int fd, const char *mark) {
    size_t from = filled;
    while (strstr(received + from, mark) == NULL) {
        ssize_t count = read(fd, received + filled, sizeof received - 1 - filled);
        if (count <= 0) {
            exit(1);
        }
        filled += (size_t)count;
        received[filled] = '\0';
    }
    fputs(received + from, stdout);
}

int main(int argc, char **argv) {
    char line[2048];
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (argc != 7) {
        return 2;
    }
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        return 1;
    }
    snprintf(line, sizeof line, "action:Login\r\nusername:%s\r\nsecret:%s\r\nevents:off\r\n\r\n", argv[2], argv[3]);
    tell(fd, line);
    hear(fd, "accepted\r\n\r\n");
    size_t length = strlen(argv[6]);
    if (length <= WHOLE) {
        snprintf(line, sizeof line, "action:Command\r\ncommand:GSM send sms %s %s %s\r\n\r\n", argv[4], argv[5], argv[6]);
        tell(fd, line);
        hear(fd, "--END COMMAND--\r\n\r\n");
        return 0;
    }
    size_t parts = (length + PART - 1) / PART;
    for (size_t part = 0; part < parts; part++) {
        snprintf(line, sizeof line, "action:Command\r\ncommand:GSM send sync csms %s %s %.*s 00 %zu %zu 10\r\n\r\n", argv[4],
                 argv[5], PART, argv[6] + part * PART, parts, part + 1);
        tell(fd, line);
        hear(fd, "--END COMMAND--\r\n\r\n");
    }
    return 0;
}
