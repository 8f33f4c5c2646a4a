"""What is read from each way to write a host, and how that is judged.

A line holds the text, then host, flags, storage, service and breadth; where the text holds several
tokens, a slash stands between theirs.  A dash is nothing.
"""

from __future__ import annotations

import pytest

from scanner.functions import table

VECTORS = """
learn.microsoft.com | learn.microsoft.com | - | - | - | -
Learn.Microsoft.COM. | learn.microsoft.com | case dot | - | - | -
https://learn.microsoft.com/azure | learn.microsoft.com | scheme path | - | - | -
contoso.com, *.contoso.com | contoso.com / *.contoso.com | - / - | - / - | - / - | - / brand-wildcard
*.contoso.com | *.contoso.com | - | - | - | brand-wildcard
*contoso.com | *contoso.com | - | - | - | lookalike
* | * | - | covering | - | any
*.com | *.com | - | - | - | public-suffix
*.co.uk | *.co.uk | - | - | - | public-suffix
www.contoso.* | www.contoso.* | wildcard-position | - | - | unsupported
*.contoso.* | *.contoso.* | wildcard-position | - | - | unsupported
www.*.contoso.com | www.*.contoso.com | wildcard-position | - | - | unsupported
10.0.0.4 | 10.0.0.4 | ip | - | - | -
10.0.0.0/24 | 10.0.0.0 | cidr ip | - | - | -
2001:DB8::1 | [2001:db8::1] | case ip | - | - | -
[2001:db8::1] | [2001:db8::1] | ip | - | - | -
localhost | localhost | single-label | - | - | -
a.contoso.com; b.contoso.com | a.contoso.com; b.contoso.com | separator | - | - | -
a.contoso.com,,b.contoso.com | a.contoso.com / - / b.contoso.com | - / empty / - | - / - / - | - / - / - | - / - / -
db.contoso.com:5432 | db.contoso.com | port | - | - | -
learn.microsoft.com:443 | learn.microsoft.com | port | - | - | -
user@host.contoso.com | host.contoso.com | userinfo | - | - | -
data1.blob.core.windows.net | data1.blob.core.windows.net | - | direct | - | -
DATA1.BLOB.CORE.WINDOWS.NET. | data1.blob.core.windows.net | case dot | direct | - | -
https://data1.blob.core.windows.net/c?sv=1 | data1.blob.core.windows.net | scheme path | direct | - | -
data1-secondary.queue.core.windows.net | data1-secondary.queue.core.windows.net | - | direct | - | -
data1-internetrouting.blob.core.windows.net | data1-internetrouting.blob.core.windows.net | - | direct | - | -
site.z6.web.core.windows.net | site.z6.web.core.windows.net | - | direct | - | -
data1.privatelink.dfs.core.windows.net | data1.privatelink.dfs.core.windows.net | - | direct | - | -
data1.z12.blob.storage.azure.net | data1.z12.blob.storage.azure.net | - | direct | - | -
*.z12.file.storage.azure.net | *.z12.file.storage.azure.net | - | direct | - | multi-tenant
data1.table.core.usgovcloudapi.net | data1.table.core.usgovcloudapi.net | - | direct | - | -
data1.file.core.chinacloudapi.cn | data1.file.core.chinacloudapi.cn | - | direct | - | -
*.blob.core.windows.net | *.blob.core.windows.net | - | direct | - | multi-tenant
*.core.windows.net | *.core.windows.net | - | covering | - | multi-tenant
*.windows.net | *.windows.net | - | covering | - | multi-tenant
*windows.net | *windows.net | - | covering | - | multi-tenant
*.net | *.net | - | covering | - | public-suffix
*blob.core.windows.net | *blob.core.windows.net | - | direct | - | multi-tenant
vscode.blob.core.windows.net | vscode.blob.core.windows.net | - | direct | - | -
vscode2.blob.core.windows.net | vscode2.blob.core.windows.net | - | direct | - | -
*.vscode.blob.core.windows.net | *.vscode.blob.core.windows.net | - | direct | - | multi-tenant
vscode.search.windows.net | vscode.search.windows.net | - | - | - | -
kv1.vault.azure.net | kv1.vault.azure.net | - | - | exact | -
*.vault.azure.net | *.vault.azure.net | - | - | wildcard | multi-tenant
*.openai.azure.com | *.openai.azure.com | - | - | wildcard | multi-tenant
srv.database.chinacloudapi.cn | srv.database.chinacloudapi.cn | - | - | exact | -
login.microsoftonline.com | login.microsoftonline.com | - | - | - | -
*.azureedge.net | *.azureedge.net | - | - | - | multi-tenant
*.vscodeexperiments.azureedge.net | *.vscodeexperiments.azureedge.net | - | - | - | pack
*.vo.msecnd.net | *.vo.msecnd.net | - | - | - | pack
*.msecnd.net | *.msecnd.net | - | - | - | multi-tenant
raw.githubusercontent.com | raw.githubusercontent.com | - | - | - | user-content
github.com | github.com | - | - | - | user-content
https://github.com/microsoft/vscode-tools-for-ai/tree/master/azureml_remote_websocket_server/* | github.com | scheme path | - | - | user-content
*.github.io | *.github.io | - | - | - | multi-tenant
*.trafficmanager.net | *.trafficmanager.net | - | - | - | multi-tenant
blob.core.windows.net | blob.core.windows.net | - | direct | - | -
notblob.core.windows.net | notblob.core.windows.net | - | - | - | -
blob.core.windows.net.evil.example | blob.core.windows.net.evil.example | - | - | - | -
"""


@pytest.mark.parametrize("line", VECTORS.strip().splitlines())
def test_each_vector_is_read_and_judged_as_written(line):
    text, *columns = line.split(" | ")
    call = {name: function.call for name, function in table().items()}
    found = call["hosts"](text)
    services = [call["service_match"](host["host"]) or {"match": None} for host in found]
    judged = [
        [host["host"] for host in found],
        [" ".join(host["flags"]) for host in found],
        [call["storage_match"](host["host"]) for host in found],
        [service["match"] for service in services],
        [call["host_breadth"](host["host"]) for host in found],
    ]
    assert [[value or "-" for value in column] for column in judged] == [
        column.split(" / ") for column in columns
    ]


def test_the_two_documented_exceptions_are_in_the_tables():
    assert table()["data"].call("storage-endpoints")["exceptions"]["hosts"] == [
        "vscode.blob.core.windows.net"
    ]
    assert table()["data"].call("service-endpoints")["exceptions"]["hosts"] == ["vscode.search.windows.net"]
