"""hubscan: policy as code for the managed virtual networks of Azure AI Foundry hubs."""

__version__ = "0.1.0"
