"""What we are made of: dependencies as the locks pin them, their licences, a bill of materials, and known faults."""
