/*
 * The thousand TCP ports that are worth a first look, and what usually lives on a port.
 *
 * The order is our own: services that are found everywhere or attacked often come first (web, remote access,
 * mail, files, databases, orchestration, remote management, industry), then what else is registered near them. A
 * name is IANA's service name, except where another service has taken the port over in practice (9200, 2375): a
 * reader wants to know what is likely there. It is a hint, never evidence of what answers.
 */
import { PortSet } from './port-set.js';

export const TOP_PORTS_MOST = 1000;

/** `port name`, most wanted first. `_`: no name that would help. */
const RANKED = `
80 http, 443 https, 22 ssh, 3389 ms-wbt-server, 445 microsoft-ds, 21 ftp, 23 telnet, 25 smtp, 3306 mysql, 8080 http-alt,
139 netbios-ssn, 135 epmap, 5432 postgresql, 6379 redis, 1433 ms-sql-s, 53 domain, 8443 https-alt, 110 pop3, 143 imap,
5900 rfb, 27017 mongod, 9200 elasticsearch, 993 imaps, 995 pop3s, 587 submission, 465 submissions, 389 ldap, 636 ldaps,
111 sunrpc, 2049 nfs, 1521 oracle, 5985 wsman, 5986 wsmans, 2375 docker, 2376 docker-s, 6443 kube-apiserver, 10250 kubelet,
2379 etcd-client, 11211 memcache, 8000 http-alt-2, 8888 http-alt-3, 8081 sunproxyadmin, 9090 websm, 3000 hbci, 5000 commplex-main,
88 kerberos, 464 kpasswd, 3268 msft-gc, 3269 msft-gc-ssl, 137 netbios-ns, 138 netbios-dgm, 1723 pptp, 873 rsync, 5672 amqp,
15672 rabbitmq-mgmt, 5671 amqps, 1883 mqtt, 8883 secure-mqtt, 4222 nats, 8222 nats-monitor, 9092 kafka, 2181 zookeeper,
5601 kibana, 9300 elasticsearch-nodes, 27018 mongod-shard, 27019 mongod-config, 28017 mongod-web, 5984 couchdb, 8086 influxdb,
9042 cassandra, 7000 cassandra-nodes, 7001 weblogic, 7002 weblogic-s, 9160 cassandra-thrift, 8123 clickhouse-http,
9000 cslistener, 9443 tungsten-https, 8009 ajp13, 8161 activemq-admin, 61616 activemq, 50000 db2, 1526 oracle-alt,
1434 ms-sql-m, 3050 gds-db, 5433 postgresql-alt, 6432 pgbouncer, 33060 mysqlx, 26379 redis-sentinel, 6380 redis-tls,
16379 redis-cluster, 7474 neo4j, 7687 neo4j-bolt, 8529 arangodb, 28015 rethinkdb, 5555 adb, 512 exec, 513 login, 514 shell,
515 printer, 631 ipp, 9100 pdl-datastream, 161 snmp, 162 snmptrap, 199 smux, 69 tftp, 79 finger, 43 nicname, 49 tacacs,
70 gopher, 113 auth, 119 nntp, 179 bgp, 548 afpovertcp, 554 rtsp, 623 asf-rmcp, 902 vmware-auth, 903 vmware-console,
8006 proxmox, 2222 ssh-alt, 22222 ssh-alt-2, 2022 ssh-alt-3, 8022 ssh-alt-4, 5901 rfb-1, 5902 rfb-2, 5903 rfb-3, 5800 vnc-http, 5801 vnc-http-1,
6000 x11, 6001 x11-1, 6002 x11-2, 4899 radmin, 5938 teamviewer, 3283 net-assistant, 5631 pcanywheredata, 5632 pcanywherestat,
8008 http-alt-5, 8001 vcom-tunnel, 8002 teradataordbms, 8003 mcreport, 8082 us-cli, 8083 us-srv, 8084 websnp, 8085 _, 8088 radan-http,
8089 splunkd, 8090 opsmessaging, 8091 couchbase, 8092 couchbase-views, 8093 couchbase-query, 8096 jellyfin, 8100 xprint-server, 8140 puppet,
8181 http-alt-6, 8200 vault, 8201 vault-cluster, 8300 consul-rpc, 8301 consul-serf, 8302 consul-wan, 8500 consul, 8501 consul-https,
8600 consul-dns, 4646 nomad, 4647 nomad-rpc, 4648 nomad-serf, 8800 sunwebadmin, 8834 nessus, 8983 solr, 9001 etlservicemgr,
9002 dynamid, 9080 glrpc, 9091 xmltec-xmlmail, 9093 alertmanager, 9094 alertmanager-cluster, 9095 _, 9098 _, 9099 _, 9113 nginx-exporter, 9115 blackbox-exporter,
9187 postgres-exporter, 9121 redis-exporter, 9104 mysqld-exporter, 9256 process-exporter, 9100 pdl-datastream, 9411 zipkin, 16686 jaeger,
14268 jaeger-collector, 4317 otlp-grpc, 4318 otlp-http, 3100 loki, 10000 ndmp, 10001 scp-config, 10050 zabbix-agent, 10051 zabbix-trapper,
10255 kubelet-read-only, 10256 kube-proxy-health, 10257 kube-controller, 10259 kube-scheduler, 2380 etcd-server, 8472 _, 30000 nodeport-first,
32768 filenet-tms, 5044 lxi-evntsvc, 9600 logstash, 12201 gelf, 24224 fluentd, 1514 fujitsu-dtcns, 1515 ifor-protocol, 55000 wazuh-api,
6514 syslog-tls, 601 syslog-conn, 4505 salt-publish, 4506 salt-return, 8443 https-alt, 4443 pharos, 4444 krb524, 4848 appserv-http, 4567 tram,
5001 commplex-link, 5002 rfe, 5003 fmpro-internal, 5004 avt-profile-1, 5005 jdwp, 5009 winfs, 5010 telelpathstart, 5050 mmcc, 5051 ita-agent, 5060 sip, 5061 sips,
5222 xmpp-client, 5223 hpvirtgrp, 5269 xmpp-server, 5280 xmpp-bosh, 5353 mdns, 5357 wsdapi, 5358 wsdapi-s, 5666 nrpe, 5667 nsca, 5678 rrac, 5693 ncpa,
5800 vnc-http, 5988 wbem-http, 5989 wbem-https, 6066 spark-rest, 6881 bittorrent, 6660 _, 6665 ircu, 6666 ircu-1, 6667 ircu-2, 6668 ircu-3, 6669 ircu-4, 6697 ircs-u,
7070 arcp, 7077 spark, 7199 cassandra-jmx, 7443 oracleas-https, 7473 neo4j-https, 7547 cwmp, 7777 cbt, 7778 interwise, 7800 asr, 7946 docker-swarm, 2377 swarm,
8010 _, 8020 intu-ec-svcdisc, 8030 yarn-scheduler, 8031 yarn-tracker, 8032 yarn-rm, 8040 ampify, 8042 fs-agent, 8047 drill, 8060 _, 8069 odoo, 8070 ucs-isc, 8080 http-alt,
50010 hdfs-data, 50020 hdfs-ipc, 50030 mapred-job, 50060 mapred-task, 50070 hdfs-name, 50075 hdfs-data-http, 50090 hdfs-secondary, 9870 hdfs-name-http, 9864 hdfs-data-http-3,
9866 hdfs-data-3, 9867 hdfs-ipc-3, 9868 hdfs-secondary-3, 60000 hbase-master, 60010 hbase-master-http, 60020 hbase-region, 60030 hbase-region-http, 16000 hbase, 16010 hbase-http,
16020 hbase-region-2, 16030 hbase-region-http-2, 19888 mapred-history, 10002 _, 10080 amanda, 10443 https-alt-2, 10809 nbd, 11000 irisa, 11111 vce, 11434 ollama,
12000 entextxid, 12345 _, 13306 mysql-alt, 13389 rdp-alt, 15432 postgresql-alt-2, 16080 osxwebadmin, 18080 spark-history, 18091 couchbase-tls, 18092 couchbase-views-tls,
19999 dnp-sec, 20000 dnp, 20001 microsan, 502 mbap, 102 iso-tsap, 44818 eip-2, 2222 ssh-alt, 2404 iec-104, 4840 opcua-tcp, 4843 opcua-tls, 1911 mtp, 4911 niagara-tls, 1962 biap-mp,
9600 logstash, 18245 ge-srtp, 789 redlion, 34962 profinet-rt, 34963 profinet-rtm, 34964 profinet-cm, 47808 bacnet, 1089 ff-annunc, 1090 ff-fms, 1091 ff-sm, 2455 wago-io-system, 5006 wsm-server,
5007 wsm-server-ssl, 5094 hart-ip, 11740 codesys, 17185 soundsvirtual, 37777 dahua-dvr, 34567 dhanalakshmi, 8899 ospf-lite, 9527 _, 8554 rtsp-alt, 1935 macromedia-fcs, 1755 ms-streaming,
1080 socks, 1194 openvpn, 3128 squid-http, 8118 privoxy, 8123 clickhouse-http, 9050 tor-socks, 9051 tor-control, 9040 tor-trans, 1701 l2tp, 500 isakmp, 4500 ipsec-nat-t, 943 openvpn-admin,
1098 rmiactivation, 1099 rmiregistry, 1100 mctp, 1101 pt2-discover, 4445 upnotifyp, 4447 n1-rmgmt, 4712 _, 4713 pulseaudio, 9990 wildfly-admin, 9993 wildfly-admin-s, 9999 distinct, 8999 bctp,
1050 cma, 1024 _, 1025 blackjack, 1026 cap, 1027 6a44, 1028 _, 1029 solid-mux, 1030 iad1, 1031 iad2, 1032 iad3, 1033 netinfo-local, 1035 mxxrlogin, 1036 nsstp, 1037 ams, 1038 mtqp, 1039 sbl, 1040 netarx,
49152 _, 49153 _, 49154 _, 49155 _, 49156 _, 49157 _, 49158 _, 49159 _, 49160 _, 49161 _, 49163 _, 49165 _, 49664 _, 49665 _, 49666 _, 49667 _, 49668 _, 49669 _, 49670 _, 593 http-rpc-epmap,
47001 winrm, 9389 adws, 5722 dfsr, 2179 vmrdp, 3343 ms-cluster-net, 6600 mshvlm, 8530 wsus, 8531 wsus-s, 10123 sccm, 2701 sms-rcinfo, 1801 msmq, 2103 msmq-rpc, 2105 msmq-rpc-2, 2107 msmq-mgmt, 808 ccproxy-http,
2383 ms-olap4, 2382 ms-olap3, 2393 ms-olap1, 5022 mice, 1270 opsmgr, 5723 opsmgr-2, 42 nameserver, 3540 pnrp-port, 4022 dnox, 7680 pando-pub, 5040 _, 3702 ws-discovery, 2869 icslap, 5355 llmnr,
3260 iscsi-target, 860 iscsi, 3205 isns, 3225 fcip, 111 sunrpc, 2049 nfs, 20048 mountd, 4045 lockd, 875 _, 892 _, 662 _, 635 rlzdbase, 32803 _, 24007 gluster, 24008 gluster-rdma, 49151 _, 6789 ceph-mon, 3300 ceph-msgr2,
6800 ceph-osd, 7480 ceph-rgw, 9283 ceph-exporter, 988 lustre, 1494 ica, 2598 citriximaclient, 1604 icabrowser, 443 https, 8194 blp1, 3299 saprouter, 3200 sap-dispatch, 3300 ceph-msgr2, 3600 sap-message,
3601 sap-message-1, 8101 sap-message-http, 50013 sap-control, 50014 sap-control-s, 30013 hana-sql, 30015 hana-sql-1, 39013 hana-sql-2, 1128 saphostctrl, 1129 saphostctrls, 4200 vrml-multi-use, 4201 vrml-multi-use-1, 4300 corelccam,
3001 origo-native, 3002 exlm-agent, 3003 cgms, 3005 deslogin, 3010 gw, 3030 arepa-cas, 3031 eppc, 3052 powerchute, 3071 csd-mgmt-port, 3080 stm-pproc, 3101 hp-pxpib, 3211 avsecuremgmt, 3221 xnm-clear-text,
3306 mysql, 3310 dyna-access, 3322 _, 3323 _, 3333 dec-notes, 3351 btrieve, 3388 cbserver, 3390 dsc, 3391 savant, 3478 stun, 3493 nut, 3500 rtmp-port, 3517 802-11-iapp, 3551 apcupsd, 3632 distcc, 3689 daap, 3690 svn, 9418 git,
2401 cvspserver, 29418 gerrit, 3784 bfd-control, 3790 quickbooksrds, 3800 pwgpsi, 3814 neto-dcs, 3826 wormux, 3828 neteh, 3851 spectraport, 3869 ovsam-mgmt, 3871 avocent-adsap, 3880 igrs, 3889 dandv-tester, 3905 mupdate,
3914 listcrt-port-2, 3918 pktcablemmcops, 3920 exasoftport1, 3945 emcads, 3971 lanrevserver, 3986 mapper-ws-ethd, 3995 iss-mgmt-ssl, 3998 dnx, 4000 terabase, 4001 newoak, 4002 pxc-spvr-ft, 4003 pxc-splr-ft, 4004 pxc-roid,
4040 yo-main, 4060 dsmeter-iatc, 4100 igo-incognito, 4111 xgrid, 4125 rww, 4126 ddrepl, 4129 nuauth, 4190 sieve, 4224 xtell, 4242 vrml-multi-use-2, 4321 rwhois, 4343 unicall, 4369 epmd, 25672 rabbitmq-nodes, 4433 https-alt-3, 4449 privatewire,
4550 gds-adppiw-db, 4559 hylafax, 4569 iax, 4662 oms, 4664 _, 4711 trinity-dist, 4730 gearman, 4786 smart-install, 4790 vxlan-gpe, 4842 nsjtp-data, 4900 hfcs, 4949 munin, 4998 maybe-veritas, 7 echo, 9 discard, 11 systat, 13 daytime, 15 netstat,
17 qotd, 19 chargen, 20 ftp-data, 24 _, 26 rsftp, 37 time, 81 _, 82 xfer, 83 mit-ml-dev, 84 ctf, 85 mit-ml-dev-2, 86 mfcobol, 89 su-mit-tg, 90 dnsix, 99 metagram, 100 _, 106 poppassd, 109 pop2, 115 sftp, 123 ntp, 144 uma, 146 iso-tp0,
177 xdmcp, 194 irc, 201 at-rtmp, 209 qmtp, 210 z39-50, 211 914c-g, 212 anet, 220 imap3, 222 rsh-spx, 254 _, 255 _, 256 rap, 259 esro-gen, 264 bgmp, 280 http-mgmt, 300 _, 301 _, 306 _, 311 asip-webadmin, 340 _, 366 odmr, 369 rpc2portmap,
383 hp-alarm-mgr, 384 arns, 387 aurp, 396 netware-ip, 401 ups, 402 genie, 406 imsp, 407 timbuktu, 416 silverplatter, 417 onmux, 425 icad-el, 427 svrloc, 433 nnsp, 434 mobileip-agent, 435 mobilip-mn, 444 snpp, 458 appleqtc, 475 tcpnethaspsrv, 481 ph, 497 retrospect,
501 stmf, 503 intrinsa, 504 citadel, 505 mailbox-lm, 510 fcp, 517 talk, 518 ntalk, 520 efs, 523 ibm-db2, 524 ncp, 525 timed, 530 courier, 531 conference, 532 netnews, 540 uucp, 541 uucp-rlogin, 543 klogin, 544 kshell, 545 appleqtcsrvr, 546 dhcpv6-client,
547 dhcpv6-server, 549 idfp, 550 new-rwho, 555 dsf, 556 remotefs, 561 monitor, 563 nntps, 591 http-alt-7, 600 ipcserver, 606 urm, 607 nqs, 616 sco-sysmgr, 617 sco-dtmgr, 625 dec-dlm, 626 asia, 628 qmqp, 646 ldp, 648 rrp, 660 mac-srvr-admin,
666 mdqs, 667 disclose, 668 mecomm, 674 acap, 683 corba-iiop, 684 corba-iiop-ssl, 687 asipregistry, 691 resvc, 700 epp, 705 agentx, 706 silc, 711 cisco-tdp, 714 iris-xpcs, 720 _, 722 _, 726 _, 749 kerberos-adm, 750 rfile, 754 tell, 760 ns, 765 webster,
777 multiling-http, 783 spamd, 787 _, 800 mdbs-daemon, 801 device, 830 netconf-ssh, 843 _, 847 dhcp-failover2, 853 domain-s, 871 _, 880 _, 888 accessbuilder, 898 sun-manageconsole, 900 omginitialrefs, 901 smpnameres, 911 xact-backup, 912 apex-mesh, 953 rndc,
981 _, 987 _, 989 ftps-data, 990 ftps, 991 nas, 992 telnets, 994 _, 999 garcon, 1000 cadlock2, 1001 webpush, 1002 _, 1007 _, 1009 _, 1010 surf, 1011 _, 1021 exp1, 1022 exp2, 1023 _, 9009 pichat, 9010 sdr, 9011 d-star, 9020 tambora, 9030 _, 9043 _, 9060 _,
9071 _, 9081 cisco-aqos, 9084 aurora, 9096 _, 9101 bacula-dir, 9102 bacula-fd, 9103 bacula-sd, 9110 _, 9111 _, 9150 tor-browser, 9191 sun-as-jpda, 9207 wap-vcal-s, 9220 _, 9229 node-inspector, 9290 _, 9343 mpidcmgr, 9415 _, 9485 _, 9500 ismserver,
9502 _, 9503 _, 9535 mngsuite, 9575 _, 9593 cba8, 9594 msgsys, 9595 pds, 9618 condor, 9666 zoomcp, 9695 ccnx, 9800 davsrc, 9876 sd, 9877 x510, 9898 monkeycom, 9900 iua, 9917 _, 9929 nping-echo, 9943 _, 9944 _, 9968 _, 9998 distinct32, 8011 _, 8012 _, 8021 _, 8025 ca-audit-da,
8045 _, 8050 _, 8051 rocrail, 8055 senomix04, 8061 _, 8065 mattermost, 8071 _, 8087 simplifymedia, 8094 _, 8095 _, 8097 sac, 8098 _, 8099 _, 8102 kz-migr, 8111 _, 8112 _, 8128 paycash-online, 8129 paycash-wbp, 8139 _, 8153 quantastor, 8180 tomcat-alt, 8182 vmware-fdm,
8184 remote-ethernet, 8188 _, 8192 spytechphone, 8193 sophos, 8222 nats-monitor, 8243 synapse-nhttps, 8254 _, 8280 synapse-nhttp, 8290 _, 8291 winbox, 8292 blp3, 8333 bitcoin, 8332 bitcoin-rpc, 18789 _, 8336 _, 8343 _, 8383 m2mservices, 8384 marathontp, 8400 cvd, 8401 sabarsd, 8402 abarsd,
8403 admind, 8404 svcloud, 8444 pcsync-http, 8445 copy, 8446 _, 8484 _, 8545 ethereum-rpc, 8546 ethereum-ws, 30303 ethereum, 8649 ganglia, 8651 ganglia-xml, 8652 ganglia-query, 8686 sun-as-jmxrmi, 8728 routeros-api, 8729 routeros-api-s, 8765 ultraseek-http, 8778 uec,
8787 msgsrvr, 8789 _, 8880 cddbp-alt, 8881 galaxy4d, 8887 _, 8889 ddi-tcp-2, 8900 jmb-cds1, 8989 sunwebadmins, 8990 http-wmap, 8991 https-wmap, 8994 _, 8998 canto-roboflow,
`;

/** What fills the thousand: the stretches in which people put the next instance of something that is named above. */
const FILLERS =
  '1100-1200,2000-2060,5100-5120,6003-6060,7003-7030,8013-8079,8103-8200,10003-10030,30001-30100';

const named = new Map<number, string>();
const ranked: number[] = [];
for (const entry of RANKED.trim().split(',')) {
  const [port, name] = entry.trim().split(' ');
  if (port) rank(Number(port), name ?? '_');
}

function rank(port: number, name: string): void {
  if (named.has(port)) return;
  named.set(port, name);
  ranked.push(port);
}

let whole: readonly number[] | null = null;

function thousand(): readonly number[] {
  whole ??= [...ranked, ...Array.from(PortSet.parse(FILLERS)).filter((port) => !named.has(port))];
  return whole;
}

/** The `count` ports that are most worth a look, 1 to 1000. */
export function topPorts(count: number): PortSet {
  if (!Number.isInteger(count) || count < 1 || count > TOP_PORTS_MOST) {
    throw new RangeError(
      `there is no top ${count} of ports; expected a whole number from 1 to ${TOP_PORTS_MOST}`,
    );
  }
  return PortSet.from(thousand().slice(0, count));
}

/** What usually lives on a port, for a reader; null where nothing does. */
export function serviceName(port: number): string | null {
  const name = named.get(port);
  return name === undefined || name === '_' ? null : name;
}
